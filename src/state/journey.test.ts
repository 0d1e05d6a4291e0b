import { describe, expect, it } from 'vitest';
import type { DataReport, DataSummary } from '../workers/protocol';
import type { Activity } from './activity';
import { type JourneyInput, journeyOf, trainBlockedBy } from './journey';
import { EMPTY_PROJECT, type Project, runConfigOf } from './project';
import { IDLE_RUN } from './runReducer';
import type { OpenedRun } from './runs';

const idle: Activity = { status: 'idle' };
const base: JourneyInput = { project: EMPTY_PROJECT, run: IDLE_RUN, opened: null, data: idle, check: idle };
const summary = { name: 'a.csv', hash: 'h', options: { format: 'csv' }, columns: ['t', 'l'] } as DataSummary;
const report = { kept: 612, trainable: true, findings: [] } as unknown as DataReport;
const ready: Project = {
  ...EMPTY_PROJECT,
  ...{ summary, report, roles: { text: 't', label: 'l' } },
  model: { id: 'm', revision: '1', name: 'MiniLM' },
};

describe('journeyOf', () => {
  it('says nothing before anything has happened', () => {
    expect(Object.values(journeyOf(base)).every(({ mark }) => mark === 'open')).toBe(true);
  });

  it('names the result of each step', () => {
    const states = journeyOf({ ...base, project: { ...ready, visited: ['model', 'method'] } });
    expect(states.data).toEqual({ mark: 'done', result: '612 rows' });
    expect(states.model.result).toBe('MiniLM');
    expect(states.method.mark).toBe('done');
  });

  it('keeps a finished run after a reload, while the data open is what it was trained on', () => {
    const openedOn = (hash: string | undefined) =>
      ({ report: { config: { data: { hash } }, after: { accuracy: 0.8 } } }) as unknown as OpenedRun;
    const train = (hash: string | undefined) =>
      journeyOf({ ...base, project: ready, opened: openedOn(hash) }).train;
    expect(train(ready.summary?.hash)).toEqual({ mark: 'done', result: 'finished' });
    expect(train('another').mark).toBe('open');
  });

  it('asks for attention when the data cannot be trained on', () => {
    const stuck = { ...report, trainable: false, findings: [{ severity: 'error', title: 'One class only' }] };
    const project = { ...ready, report: stuck as unknown as DataReport };
    expect(journeyOf({ ...base, project }).data.mark).toBe('attention');
    expect(trainBlockedBy({ project, check: idle })).toBe('Cannot train yet: One class only');
    expect(trainBlockedBy({ project: ready, check: idle })).toBeNull();
  });
});

describe('runConfigOf', () => {
  it('is null until data, roles and model are there', () => {
    expect(runConfigOf(EMPTY_PROJECT)).toBeNull();
    expect(runConfigOf({ ...ready, roles: null })).toBeNull();
  });

  it('carries only changed settings of the chosen method', () => {
    const config = runConfigOf({
      ...ready,
      methodId: 'lora',
      methodSettings: { lora: { rank: 4 }, layerwise: { layers: 3 } },
      trainingSettings: { lora: { epochs: 2 } },
    });
    expect(config?.method).toEqual({ id: 'lora', settings: { rank: 4 } });
    expect(config?.training).toEqual({ epochs: 2 });
    expect(config?.data).not.toHaveProperty('testFile');
  });
});
