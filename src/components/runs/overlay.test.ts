import { expect, it } from 'vitest';
import type { RunReport } from '../../engine/core/report';
import { runConfig } from '../../engine/testing/testRun';
import { differences, lastStepOf, overlayRows } from './overlay';

function report(method: string, training: Record<string, number>, losses: number[]): RunReport {
  return {
    ...{ id: method, name: method, config: runConfig(method, training) },
    ...{ data: { kept: 80 }, model: { id: 'tiny' }, method: { id: method } },
    history: losses.map((validation_loss, i) => ({
      ...{ step: 5 * (i + 1), epoch: i, train_loss: 1, validation_loss },
      metrics: { accuracy: 0.5, macro_f1: 0.5 },
    })),
  } as unknown as RunReport;
}

it('lays curves over each other by step, and names what differs and nothing else', () => {
  const runs = [report('lora', { epochs: 2 }, [2, 1]), report('full', { epochs: 3 }, [3])];
  expect(overlayRows(runs, 'loss')).toEqual([
    { step: 5, 'run-0': 2, 'run-1': 3 },
    { step: 10, 'run-0': 1 },
  ]);
  expect(lastStepOf(runs)).toBe(10);
  const found = new Map(differences(runs).map(({ label, values }) => [label, values]));
  expect(found.get('Passes over the data')).toEqual(['2', '3']);
  expect(found.get('Method')).toHaveLength(2);
  expect(found.has('Data')).toBe(false);
  // A setting that only one of the methods has.
  expect([...found.values()].some((values) => values.includes('–'))).toBe(true);
});
