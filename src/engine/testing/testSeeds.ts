/** What a seed owes: the same run to the last bit, wherever it is run again; another seed another run. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Settings } from '../core/fields';
import { disposeModel, type LoadedModel } from '../model/load';
import { loadFinished, loadTrained } from '../pipeline/artifacts';
import { findings, RUN_ID, runAll, runConfig } from './testRun';
import { tinyModel } from './tinyModel';

/** Registers the tests, with these settings changed; the caller has started the back end. */
export function seedSuite(changes: Settings = {}): void {
  let base: LoadedModel;

  beforeAll(async () => {
    base = await tinyModel();
  });

  afterAll(() => disposeModel(base));

  /** All that a run leaves behind but times and memory; weights as bits. */
  async function resultOf(method: string, training: Settings) {
    const run = await runAll(base, runConfig(method, { dropout: 0.1, ...changes, ...training }));
    const weights = [...(await loadTrained(run.storage, RUN_ID))].map(([name, { shape, data }]) => [
      name,
      shape,
      Array.from(new Int32Array(Float32Array.from(data).buffer)),
    ]);
    const { predictions } = await loadFinished(run.storage, RUN_ID);
    return { weights, predictions, report: findings(run) };
  }

  test.each(['full', 'lora'])('%s: one seed, one result; another, another', async (method) => {
    const first = await resultOf(method, { seed: 1 });
    expect(first.report.history?.length).toBeGreaterThan(1);
    expect(await resultOf(method, { seed: 1 })).toEqual(first);
    const other = await resultOf(method, { seed: 2 });
    expect(other.weights.map(([name]) => name)).toEqual(first.weights.map(([name]) => name));
    for (const [i, weight] of other.weights.entries()) expect(weight).not.toEqual(first.weights[i]);
    expect(other.report.history).not.toEqual(first.report.history);
  });
}
