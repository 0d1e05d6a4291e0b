/** Commands against an engine that answers as the test says: what the page does when workers, files and tabs fail. */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { EngineError } from '../../engine/core/errors';
import type { RunEvent } from '../../engine/core/events';
import { runConfig } from '../../engine/testing/testRun';
import type { CallKind } from '../../workers/protocol';
import { activityStore } from '../activity';
import { EMPTY_PROJECT, projectStore } from '../project';
import { dispatchRun, runStore } from '../run';
import { EMPTY_TELEMETRY, type Telemetry } from '../runReducer';
import { runsStore } from '../runs';
import { keepTelemetry, keptTelemetry } from '../telemetry';
import { checkData, openText, restoreData, sweepData } from './data';
import { cancel, discardInterrupted, pause, resume, resumeInterrupted, stop } from './run';
import { start } from './start';

type Answer = (params: never, onEvent: (event: RunEvent) => void) => unknown;

const engine = vi.hoisted(() => ({
  calls: [] as { kind: string; params: unknown }[],
  answers: new Map<string, (params: never, onEvent: (event: RunEvent) => void) => unknown>(),
  lost: [] as (() => void)[],
  restarts: [] as string[],
}));
vi.mock('../client', () => ({
  engine: {
    call: async (kind: string, params: never, options: { onEvent?: (event: RunEvent) => void } = {}) => {
      engine.calls.push({ kind, params });
      return engine.answers.get(kind)?.(params, options.onEvent ?? (() => undefined)) ?? null;
    },
    restart: (reason: string) => engine.restarts.push(reason),
    onLost: (listener: () => void) => engine.lost.push(listener),
  },
}));

const files = new Map<string, string>();
vi.stubGlobal('localStorage', {
  getItem: (key: string) => files.get(key) ?? null,
  setItem: (key: string, value: string) => void files.set(key, value),
  removeItem: (key: string) => void files.delete(key),
});

function answer(kind: CallKind, reply: Answer): void {
  engine.answers.set(kind, reply);
}

function kindsCalled(): string[] {
  return engine.calls.map(({ kind }) => kind);
}

const config = runConfig('head');
const SUMMARY = {
  ...{ name: 'a.csv', hash: 'hash-a', bytes: 9, options: config.data.options, reasons: {}, notes: [] },
  ...{ columns: ['text', 'label'], rows: 80, rejected: 0 },
  guess: { roles: config.data.roles, reasons: { text: '', label: '' } },
};
const MODEL = { id: 'tiny', revision: '1', name: 'Tiny' };
const PLAN: RunEvent = {
  type: 'plan',
  backend: { id: 'wasm', adapter: 'CPU', reason: '', threads: 1 },
  ...{ totalSteps: 9, stepsPerEpoch: 3, evaluateEvery: 3, trainableParameters: 1, classes: ['a', 'b'] },
  splits: { train: 1, validation: 1, test: 1 },
  pinned: [],
  resumedFromStep: 3,
};

beforeEach(() => {
  engine.calls.length = 0;
  engine.answers.clear();
  engine.restarts.length = 0;
  files.clear();
  activityStore.setState({}, true);
  projectStore.setState(EMPTY_PROJECT, true);
  runsStore.setState({ interrupted: { id: 'a', name: 'A', config, step: 3, totalSteps: 9 } });
  dispatchRun({ type: 'clear' });
});

const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

test.each([
  { code: 'device-lost', restarts: 1 },
  { code: 'thread-lost', restarts: 1 },
  { code: 'worker-lost', restarts: 0 },
  { code: 'out-of-memory', restarts: 0, fails: true },
])('a run that ends in “$code”', async ({ code, restarts, fails = false }) => {
  let starts = 0;
  answer('run.start', (_, onEvent) => {
    onEvent(PLAN);
    onEvent({ type: 'checkpoint', step: 3 });
    if (starts++ === 0) throw new EngineError({ code, message: 'Lost.' });
    return new Promise(() => undefined);
  });
  void resumeInterrupted();
  await nextTurn();
  expect(engine.restarts).toHaveLength(restarts);
  expect(runStore.getState().status).toBe(fails ? 'failed' : 'running');
});

describe('a run whose worker dies', () => {
  const fault = new EngineError({ code: 'worker-lost', message: 'The engine stopped.' });

  /** The first worker dies once `ask` was done; the second goes on and is then left alone. */
  async function dieAfter(ask: () => Promise<void>): Promise<void> {
    const deaths: (() => void)[] = [];
    answer('run.start', (_, onEvent) => {
      onEvent(PLAN);
      onEvent({ type: 'checkpoint', step: 3 });
      return new Promise((_resolve, reject) => deaths.push(() => reject(fault)));
    });
    void resumeInterrupted();
    await nextTurn();
    await ask();
    engine.calls.length = 0;
    deaths[0]?.();
    await nextTurn();
  }

  const STEERED = [
    { asked: 'pause', ask: pause, comesBack: { paused: true, stopping: false } },
    { asked: 'stop', ask: stop, comesBack: { paused: false, stopping: true } },
  ];

  test.each(STEERED)('comes back as it was after “$asked”', async ({ asked, ask, comesBack }) => {
    await dieAfter(ask);
    expect(engine.calls).toEqual([
      { kind: 'run.start', params: { id: 'a', name: 'A', config, resume: true } },
      { kind: 'run.control', params: { id: 'a', action: asked } },
    ]);
    expect(runStore.getState()).toMatchObject({ status: 'running', ...comesBack });
    expect(runStore.getState()).toMatchObject({ telemetry: { warnings: [{ code: 'recovered', step: 3 }] } });
  });

  /** The worker dies with the control unanswered: first the run's call fails, then the control's. */
  async function dieOf(ask: () => Promise<void>, checkpoint = true): Promise<void> {
    let die: () => void = () => undefined;
    const dead = new Promise<never>((_resolve, reject) => {
      die = () => reject(fault);
    });
    let starts = 0;
    answer('run.start', (_, onEvent) => {
      onEvent(PLAN);
      if (checkpoint) onEvent({ type: 'checkpoint', step: 3 });
      return starts++ === 0 ? dead : new Promise(() => undefined);
    });
    void resumeInterrupted();
    await nextTurn();
    answer('run.control', () => (starts === 1 ? dead : null));
    const asked = ask();
    engine.calls.length = 0;
    die();
    await asked;
    await nextTurn();
  }

  test.each(STEERED)('before it answered “$asked” is asked again', async ({ asked, ask, comesBack }) => {
    await dieOf(ask);
    expect(engine.calls).toEqual([
      { kind: 'run.start', params: { id: 'a', name: 'A', config, resume: true } },
      { kind: 'run.control', params: { id: 'a', action: asked } },
    ]);
    expect(runStore.getState()).toMatchObject({ status: 'running', ...comesBack });
  });

  test('before it answered “resume” does not come back paused', async () => {
    await dieOf(async () => {
      dispatchRun({ type: 'paused', paused: true });
      await resume();
    });
    expect(kindsCalled()).toEqual(['run.start']);
    expect(runStore.getState()).toMatchObject({ status: 'running', paused: false });
  });

  test.each([true, false])('before it answered “cancel” is thrown away; checkpoint: %s', async (kept) => {
    await dieOf(cancel, kept);
    expect(engine.calls).toEqual([{ kind: 'run.delete', params: { id: 'a', unfinished: true } }]);
    expect(runStore.getState()).toEqual({ status: 'idle' });
  });

  test('and that had finished when it was cancelled is kept, which is said', async () => {
    answer('run.delete', () => Promise.reject(new EngineError({ code: 'run-finished', message: 'Done.' })));
    await dieOf(cancel);
    expect(runStore.getState()).toMatchObject({ status: 'failed', error: { code: 'run-finished' } });
    expect(kindsCalled()).toEqual(['run.delete', 'run.interrupted', 'run.list']);
  });

  test('is asked for nothing when nothing had been asked of it', async () => {
    await dieAfter(async () => undefined);
    expect(kindsCalled()).toEqual(['run.start']);
    expect(runStore.getState()).toMatchObject({ status: 'running', paused: false, stopping: false });
  });
});

test('an opened page lists a run again that was let go of meanwhile, and sweeps; a lost worker is made whole again, once', async () => {
  vi.useFakeTimers();
  projectStore.setState({ summary: SUMMARY, model: MODEL });
  answer('data.open', () => SUMMARY);
  const { interrupted } = runsStore.getState();
  runsStore.setState({ interrupted: null });
  let letGo: (run: typeof interrupted) => void = () => undefined;
  answer('run.interrupted', () => new Promise((resolve) => (letGo = resolve)));
  const listed = (): number => kindsCalled().filter((kind) => kind === 'run.list').length;
  await start();
  expect(listed()).toBe(1);
  letGo(interrupted);
  await vi.advanceTimersByTimeAsync(1);
  expect(listed()).toBe(2);
  expect(kindsCalled()).not.toContain('data.sweep');
  await vi.advanceTimersByTimeAsync(6000);
  expect(engine.calls.at(-1)).toEqual({ kind: 'data.sweep', params: { keep: ['hash-a'] } });
  engine.calls.length = 0;
  engine.lost[0]?.();
  await vi.advanceTimersByTimeAsync(1);
  expect(kindsCalled()).toEqual(expect.arrayContaining(['machine.start', 'data.open']));
  expect(engine.calls.find(({ kind }) => kind === 'data.open')?.params).toMatchObject({
    source: { kind: 'saved', hash: 'hash-a' },
  });
  engine.calls.length = 0;
  engine.lost[0]?.();
  await vi.advanceTimersByTimeAsync(1);
  expect(kindsCalled()).toEqual([]);
  vi.useRealTimers();
});

test('a file that the user opens while the page still looks for the old one is not put aside for it', async () => {
  projectStore.setState({ summary: SUMMARY, model: MODEL });
  let opened: (summary: typeof SUMMARY) => void = () => undefined;
  answer('data.open', () => new Promise((resolve) => (opened = resolve)));
  const opening = openText('text,label');
  await restoreData();
  opened({ ...SUMMARY, name: 'b.csv', hash: 'hash-b' });
  await opening;
  expect(projectStore.getState().summary?.hash).toBe('hash-b');
  expect(kindsCalled().filter((kind) => kind === 'data.open')).toHaveLength(1);
});

describe('a run that is open in another tab', () => {
  const elsewhere = new EngineError({ code: 'open-elsewhere', message: 'This run is open in another tab' });

  test('says so and can be tried again', async () => {
    answer('run.start', () => Promise.reject(elsewhere));
    expect(await resumeInterrupted()).toBe(false);
    expect(runStore.getState()).toMatchObject({ status: 'failed', error: { code: 'open-elsewhere' } });
    expect(runsStore.getState().interrupted?.id).toBe('a');
  });

  test('cannot be discarded here, which is said, and its curves stay', async () => {
    keepTelemetry('a', EMPTY_TELEMETRY);
    answer('run.delete', () => Promise.reject(elsewhere));
    await discardInterrupted();
    expect(activityStore.getState().interrupted).toMatchObject({ error: { code: 'open-elsewhere' } });
    expect(keptTelemetry('a').state).toBe('whole');
  });
});

describe('a run that another tab finished since it was offered', () => {
  const finished = new EngineError({ code: 'run-finished', message: 'It has finished meanwhile.' });

  test('is not discarded, which is said, and is listed', async () => {
    answer('run.delete', () => Promise.reject(finished));
    await discardInterrupted();
    expect(engine.calls).toEqual([
      { kind: 'run.delete', params: { id: 'a', unfinished: true } },
      { kind: 'run.list', params: null },
    ]);
    expect(activityStore.getState().interrupted).toMatchObject({ error: { code: 'run-finished' } });
  });

  test('does not go on, which is said, and is listed', async () => {
    answer('run.start', () => Promise.reject(finished));
    expect(await resumeInterrupted()).toBe(false);
    expect(runStore.getState()).toMatchObject({ status: 'failed', error: { code: 'run-finished' } });
    expect(kindsCalled()).toContain('run.list');
  });
});

describe('curves kept for a resumed run', () => {
  const curves: Telemetry = {
    ...EMPTY_TELEMETRY,
    loss: { width: 1, buckets: [{ from: 1, to: 1, min: 2, max: 2, sum: 2, count: 1 }] },
    checkpointStep: 3,
  };

  async function resumed(): Promise<Telemetry> {
    answer('run.start', () => new Promise(() => undefined));
    void resumeInterrupted();
    await nextTurn();
    const run = runStore.getState();
    if (run.status === 'idle') throw new Error('no run');
    return run.telemetry;
  }

  test('come back as they were', async () => {
    keepTelemetry('a', curves);
    expect(await resumed()).toEqual(curves);
  });

  test.each([
    ['cut short', '{"phase":{'],
    ['of another shape', JSON.stringify({ ...curves, loss: { width: 0, buckets: [{}] } })],
    ['with words for numbers', JSON.stringify({ ...curves, evaluations: [{ step: 'three' }] })],
  ])('are given up with a word when they are damaged: %s', async (_, text) => {
    keepTelemetry('a', curves);
    for (const key of files.keys()) if (key.includes('telemetry')) files.set(key, text);
    const telemetry = await resumed();
    expect(telemetry.loss.buckets).toEqual([]);
    expect(telemetry.warnings).toMatchObject([{ code: 'curves-damaged', step: 0 }]);
  });

  test('of a run in another tab survive the end of this one', async () => {
    keepTelemetry('a', curves);
    keepTelemetry('theirs', curves);
    answer('run.start', () => null);
    await resumeInterrupted();
    expect([keptTelemetry('a').state, keptTelemetry('theirs').state]).toEqual(['absent', 'whole']);
  });
});

test('a check of the data that fails takes the earlier report with it', async () => {
  const report = { kept: 80, trainable: true };
  projectStore.setState({ summary: SUMMARY, roles: config.data.roles, model: MODEL });
  answer('data.check', () => report);
  await checkData();
  expect(projectStore.getState().report).toEqual(report);
  answer('data.check', () =>
    Promise.reject(new EngineError({ code: 'unknown-fix', message: 'No such fix.' })),
  );
  await checkData();
  expect(projectStore.getState().report).toBeNull();
  expect(activityStore.getState().check).toMatchObject({ status: 'failed', error: { code: 'unknown-fix' } });
});

test('a sweep keeps the files of the project at hand and of the one another tab has kept', async () => {
  const testFile = { name: 't.csv', hash: 'hash-t', options: config.data.options };
  projectStore.setState({ summary: { ...SUMMARY, hash: 'hash-theirs' } });
  const theirs = files.get('hone.project') ?? '';
  projectStore.setState({ summary: SUMMARY, testFile });
  files.set('hone.project', theirs);
  await sweepData();
  expect(engine.calls).toEqual([
    { kind: 'data.sweep', params: { keep: ['hash-a', 'hash-t', 'hash-theirs'] } },
  ]);
});
