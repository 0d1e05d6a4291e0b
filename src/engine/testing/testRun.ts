/** A whole run on a tiny model and a tiny table, with every port faked: for the pipeline's tests. */
import type { RunConfig } from '../core/config';
import type { RunEvent } from '../core/events';
import type { Settings } from '../core/fields';
import type { RunReport } from '../core/report';
import { memoryStorage, type Storage } from '../core/storage';
import { readTable } from '../data/read';
import type { LoadedModel } from '../model/load';
import { pipeline } from '../pipeline';
import type { Ports, RunControl } from '../pipeline/ports';

export const RUN_ID = 'run-1';

const PLACES = ['the', 'my'];
const SUBJECTS = ['film', 'food', 'card', 'parcel', 'refund'];
const WORDS = { good: ['good', 'great'], bad: ['bad', 'awful'] };

/** Eighty rows in two classes that a model can tell apart. */
const ROWS = PLACES.flatMap((place) =>
  SUBJECTS.flatMap((subject) =>
    Object.entries(WORDS).flatMap(([label, words]) =>
      words.flatMap((word) => [
        `${place} ${subject} was ${word},${label}`,
        `${place} ${subject} was very ${word},${label}`,
      ]),
    ),
  ),
);
export const TABLES: Readonly<Record<string, string>> = {
  eighty: ['text,label', ...ROWS].join('\n'),
  'one-class': ['text,label', ...ROWS.filter((row) => row.endsWith(',good'))].join('\n'),
  'test-file': 'text,label\na good film,good\na bad film,bad\nit was great food,good\n',
};

export const OPTIONS = {
  format: 'csv',
  encoding: 'utf-8',
  delimiter: ',',
  quote: '"',
  header: true,
} as const;

/** Twenty-one steps in three epochs, checked every five. */
const TRAINING: Settings = {
  epochs: 3,
  batchSize: 8,
  learningRate: 5e-3,
  headRatio: 2,
  evaluateEvery: 5,
  maxLength: 32,
};

export function runConfig(
  method: string,
  training: Settings = {},
  changes: Partial<RunConfig> = {},
): RunConfig {
  return {
    version: 1,
    task: 'classify',
    data: {
      name: 'tiny.csv',
      hash: 'eighty',
      options: OPTIONS,
      roles: { text: 'text', label: 'label' },
      fixes: [],
      split: { validation: 0.15, test: 0.2, seed: 1 },
    },
    model: { id: 'tiny', revision: '1' },
    method: { id: method, settings: {} },
    training: { ...TRAINING, ...training } as RunConfig['training'],
    descriptions: { good: 'a good film', bad: 'a bad film' },
    backend: 'auto',
    baselines: true,
    ...changes,
  };
}

/** A clock that moves 60 ms at every look, so that even times repeat. */
export function testPorts(base: LoadedModel, storage: Storage): Ports {
  let time = 0;
  return {
    backend: { id: 'wasm', adapter: 'CPU', reason: 'test', threads: 1 },
    storage,
    loadModel: async () => base,
    readTable: ({ name, hash }) =>
      readTable(new TextEncoder().encode(TABLES[hash] ?? ''), name, OPTIONS, () => undefined),
    openDoor: () => ({ fetch: (request) => fetch(request), close: () => undefined }),
    askPage: () => Promise.reject(new Error('there is no page')),
    now: () => {
      time += 60;
      return time;
    },
  };
}

export interface TestRun {
  events: RunEvent[];
  /** Null when the run was ended from outside. */
  report: RunReport | null;
  storage: Storage;
}

/**
 * Runs to the end. `watch` sees every event first and may steer; when it answers 'leave', the run is ended there
 * as a closed tab would, with its storage left behind.
 */
export async function runAll(
  base: LoadedModel,
  config: RunConfig,
  options: {
    storage?: Storage;
    resume?: boolean;
    watch?: (event: RunEvent, control: RunControl) => 'leave' | undefined;
  } = {},
): Promise<TestRun> {
  const { storage = memoryStorage(), resume = false, watch } = options;
  const control: RunControl = { stopRequested: false, paused: null };
  const request = { id: RUN_ID, name: 'A test', resume, guessed: { 'data.roles.text': 'longest text' } };
  const run = pipeline(request, config, testPorts(base, storage), control);
  const events: RunEvent[] = [];
  for (;;) {
    const { done, value } = await run.next();
    if (done) return { events, report: value, storage };
    events.push(value);
    if (watch?.(value, control) !== 'leave') continue;
    await run.return(undefined as never);
    return { events, report: null, storage };
  }
}

/** All of a report but what a clock and a memory meter say. */
export function findings({ report }: TestRun): Partial<RunReport> {
  if (!report) throw new Error('the run has no report');
  const { timing: _timing, memory: _memory, finished_at: _finished, ...rest } = report;
  return rest;
}
