/** The worker's handlers with the real pipeline, a tiny model and a memory store: what two tabs may not do at once. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startBackend } from '../../engine/backend/start';
import type { RunEvent } from '../../engine/core/events';
import { memoryStorage } from '../../engine/core/storage';
import { packRun } from '../../engine/export/runFile';
import { exportInput } from '../../engine/export/testInput';
import { disposeModel, type LoadedModel } from '../../engine/model/load';
import { listRunIds, loadFinished, runFolder, saveFinished, saveHead } from '../../engine/pipeline/artifacts';
import { WASM } from '../../engine/testing/testModels';
import { runConfig, TABLES } from '../../engine/testing/testRun';
import { tinyModel } from '../../engine/testing/tinyModel';
import { memoryBigFiles } from '../bigFiles';
import type { EngineState } from '../engineState';
import { createLocks, dataLock, type LockPort, type Locks, runLock } from '../locks';
import type { CallKind, HandlerContext, Handlers, Params, Result } from '../protocol';
import { createStoredModels } from '../storedModels';
import { createTableLibrary } from '../tables';
import { testLocks } from '../testLocks';
import { dataHandlers } from './data';
import { runHandlers } from './runs';

const held: { state: EngineState | null } = vi.hoisted(() => ({ state: null }));
vi.mock('../engineState', () => ({ engineState: async () => held.state }));

let base: LoadedModel;
let port: LockPort;
let otherTab: Locks;

beforeAll(async () => {
  await startBackend({ choice: 'wasm', wasm: WASM });
  base = await tinyModel();
});

afterAll(() => disposeModel(base));

beforeEach(() => {
  port = testLocks();
  otherTab = createLocks(port, 20);
  held.state = createState(createLocks(port, 20));
});

function createState(locks: Locks, storage = memoryStorage()): EngineState {
  const tables = createTableLibrary(storage, locks);
  const info = { id: 'wasm', adapter: 'CPU', reason: 'test', threads: 1 } as const;
  const unused = (): never => {
    throw new Error('not part of these tests');
  };
  return {
    storage,
    locks,
    tables,
    models: {
      ...{ list: unused, entry: unused, forget: unused },
      ...{ tokenizer: async () => base.tokenizer, load: async () => base },
    },
    stored: createStoredModels(storage, memoryBigFiles(), locks),
    openDoor: unused,
    backend: async () => info,
    anyBackend: async () => info,
    holdBackend: () => undefined,
    ports: async () => ({
      backend: info,
      storage,
      loadModel: async () => base,
      readTable: tables.read,
      openDoor: unused,
      askPage: unused,
      now: () => performance.now(),
    }),
  };
}

function state(): EngineState {
  if (!held.state) throw new Error('no state');
  return held.state;
}

const handlers = { ...dataHandlers, ...runHandlers };
type Tested = keyof typeof handlers & CallKind;

/** A call as the worker makes it; `onEvent` sees its events, `signal` is the page's abort. */
function call<K extends Tested>(
  kind: K,
  params: Params<K>,
  {
    onEvent = () => undefined,
    signal = new AbortController().signal,
  }: {
    onEvent?: (event: never) => void;
    signal?: AbortSignal;
  } = {},
): Promise<Result<K>> {
  const handler = handlers[kind] as unknown as Handlers[K];
  return handler(params, { emit: onEvent as HandlerContext<K>['emit'], signal });
}

async function openData(): Promise<string> {
  const source = { kind: 'text', text: TABLES.eighty ?? '', name: 'tiny.csv' } as const;
  return (await call('data.open', { source, options: null })).hash;
}

async function config(method = 'head', training = {}): Promise<Params<'run.start'>['config']> {
  const run = runConfig(method, training);
  return { ...run, data: { ...run.data, hash: await openData() } };
}

/** Starts a run and answers once it trains. */
async function train(id: string, epochs = 200): Promise<{ end: Promise<unknown>; events: RunEvent[] }> {
  const events: RunEvent[] = [];
  const run = { id, name: id, config: await config('full', { epochs, patience: 0 }), resume: false };
  let begun: () => void = () => undefined;
  const training = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const end = call('run.start', run, {
    onEvent: (event: RunEvent) => {
      events.push(event);
      if (event.type === 'checkpoint') begun();
    },
  });
  await Promise.race([training, end]);
  return { end, events };
}

describe('a run that this tab trains', () => {
  test('is refused to other tabs and is no interrupted run there; cancelling frees it', async () => {
    const { end } = await train('mine');
    await expect(otherTab.alone(runLock('mine'), async () => 'taken')).rejects.toMatchObject({
      code: 'open-elsewhere',
    });
    expect((await call('run.list', null)).map(({ id }) => id)).toEqual([]);
    await call('run.control', { id: 'mine', action: 'cancel' });
    expect(await end).toBeNull();
    expect(await otherTab.alone(runLock('mine'), async () => 'free')).toBe('free');
    expect([...(await otherTab.held())].filter((name) => name.startsWith('hone:run'))).toEqual([]);
    expect(await listRunIds(state().storage)).toEqual([]);
  });

  test('is freed when it finishes, and keeps its data from a sweep once no tab has it open', async () => {
    const { end } = await train('mine', 2);
    await end;
    expect(await otherTab.alone(runLock('mine'), async () => 'free')).toBe('free');
    const { storage } = state();
    const { hash } = (await loadFinished(storage, 'mine')).report.config.data;
    // This tab opens more files than it keeps at hand.
    for (let i = 0; i < 4; i++) {
      const source = { kind: 'text', text: `text,label\na,b\nc,${i}\n`, name: 'b.csv' } as const;
      await call('data.open', { source, options: null });
    }
    await storage.write('data/orphan.bin', new Uint8Array(8));
    expect([...(await otherTab.held())]).not.toContain(dataLock(hash));
    held.state = createState(otherTab, storage);
    await call('data.sweep', { keep: [] });
    const left = await storage.list('data');
    expect(left).toContain(`${hash}.bin`);
    expect(left).not.toContain('orphan.bin');
  });

  test('is steered by a control that follows on the heels of its start', async () => {
    const run = { id: 'mine', name: 'mine', config: await config('head'), resume: false };
    const end = call('run.start', run);
    await call('run.control', { id: 'mine', action: 'cancel' });
    expect(await end).toBeNull();
    const again = call('run.start', run);
    await expect(call('run.start', { ...run, id: 'other' })).rejects.toMatchObject({ code: 'run-under-way' });
    await call('run.control', { id: 'mine', action: 'cancel' });
    expect(await again).toBeNull();
  });
});

describe('a run that another tab trains', () => {
  const HEAD = { version: 1, id: 'theirs', name: 'theirs', createdAt: '2026', guessed: {} } as const;

  test('is neither offered, nor listed, nor changed, nor deleted here', async () => {
    await saveHead(state().storage, { ...HEAD, config: runConfig('head') });
    expect((await call('run.interrupted', null))?.id).toBe('theirs');
    let close: () => void = () => undefined;
    const open = otherTab.alone(runLock('theirs'), () => new Promise<void>((resolve) => (close = resolve)));
    expect(await call('run.interrupted', null)).toBeNull();
    expect(await call('run.list', null)).toEqual([]);
    const refused = { code: 'open-elsewhere', message: expect.stringContaining('another tab') };
    await expect(call('run.delete', { id: 'theirs' })).rejects.toMatchObject(refused);
    await expect(call('run.rename', { id: 'theirs', name: 'mine' })).rejects.toMatchObject(refused);
    const again = { id: 'theirs', name: 'theirs', config: runConfig('head'), resume: true };
    await expect(call('run.start', again)).rejects.toMatchObject(refused);
    expect(await listRunIds(state().storage)).toEqual(['theirs']);
    close();
    await open;
    await call('run.delete', { id: 'theirs' });
    expect(await listRunIds(state().storage)).toEqual([]);
  });
});

describe('a run that another tab finishes', () => {
  const theirs = { version: 1, id: 'theirs', name: 'theirs', createdAt: '2026', guessed: {} } as const;

  async function finish(): Promise<void> {
    const { report, predictions } = exportInput();
    await saveFinished(state().storage, { report: { ...report, id: 'theirs' }, predictions }, new Map());
  }

  beforeEach(() => saveHead(state().storage, { ...theirs, config: runConfig('head') }));

  test('while the runs are listed is listed as finished', async () => {
    const { locks } = state();
    const names = async (): Promise<ReadonlySet<string>> => {
      await finish();
      return locks.held();
    };
    held.state = { ...state(), locks: { ...locks, held: names } };
    expect(await call('run.list', null)).toMatchObject([{ id: 'theirs', state: 'finished' }]);
  });

  test('while it is waited for is not offered', async () => {
    const { locks } = state();
    const freed = async (name: string): Promise<boolean> => {
      await finish();
      return locks.freed(name);
    };
    held.state = { ...state(), locks: { ...locks, freed } };
    expect(await call('run.interrupted', null)).toBeNull();
  });

  test('after it was offered neither goes on nor is discarded, but can be deleted', async () => {
    expect((await call('run.interrupted', null))?.id).toBe('theirs');
    await finish();
    const before = await loadFinished(state().storage, 'theirs');
    const refused = { code: 'run-finished', hint: expect.stringContaining('Runs') };
    const again = { id: 'theirs', name: 'theirs', config: await config(), resume: true };
    await expect(call('run.start', again)).rejects.toMatchObject(refused);
    await expect(call('run.delete', { id: 'theirs', unfinished: true })).rejects.toMatchObject(refused);
    expect(await loadFinished(state().storage, 'theirs')).toEqual(before);
    await call('run.delete', { id: 'theirs' });
    expect(await listRunIds(state().storage)).toEqual([]);
  });
});

describe('an abort is heard', () => {
  test('by a check of the data, between two pieces of its work', async () => {
    const hash = await openData();
    const { roles, fixes, split } = runConfig('head').data;
    const params = { hash, roles, fixes, split, testHash: null, model: 'tiny', maxLength: 32 };
    const unwanted = new AbortController();
    const checking = call('data.check', params, {
      signal: unwanted.signal,
      onEvent: ({ label }: { label: string }) => {
        if (label === 'Measuring text lengths') unwanted.abort();
      },
    });
    await expect(checking).rejects.toMatchObject({ name: 'AbortError' });
    expect((await call('data.check', params)).kept).toBe(80);
  });

  test('by an import, which leaves nothing behind', async () => {
    const { report, predictions } = exportInput();
    const file = new Blob([await packRun({ report, predictions, tensors: new Map() })]);
    const unwanted = new AbortController();
    const { storage } = state();
    const write = storage.write;
    // The user loses patience while the run is being written.
    storage.write = async (path, bytes) => {
      await write(path, bytes);
      if (path.endsWith('report.json')) unwanted.abort();
    };
    const importing = call('run.import', { file }, { signal: unwanted.signal });
    await expect(importing).rejects.toMatchObject({ name: 'AbortError' });
    expect(await listRunIds(storage)).toEqual([]);
    expect(await call('run.import', { file })).toMatchObject({ id: report.id, state: 'finished' });
  });

  test('by an estimate, which a run ends too', async () => {
    const wanted = await config('full', { maxLength: 8 });
    const unwanted = new AbortController();
    const asked = call(
      'run.estimate',
      { config: wanted },
      {
        signal: unwanted.signal,
        onEvent: () => unwanted.abort(),
      },
    );
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    const interrupted = call('run.estimate', { config: wanted });
    interrupted.catch(() => undefined);
    const { end } = await train('mine');
    await expect(interrupted).rejects.toMatchObject({ name: 'AbortError' });
    expect((await call('run.estimate', { config: wanted })).seconds).toBeNull();
    await call('run.control', { id: 'mine', action: 'cancel' });
    await end;
    expect((await call('run.estimate', { config: wanted })).seconds).toBeGreaterThan(0);
  });
});

test('every rejected row is listed with its line and reason, by whomever it was rejected', async () => {
  const good = ['fine', 'great', 'lovely', 'superb'].map((text) => `${text},good`);
  const bad = ['poor', 'awful', 'dull', 'dire'].map((text) => `${text},bad`);
  const lines = ['text,label', ...good, ',good', 'no label,', ...bad, 'fine,good'];
  const source = { kind: 'text', text: lines.join('\n'), name: 'holes.csv' } as const;
  const { hash } = await call('data.open', { source, options: { header: true } });
  const listed = () => call('data.rejected', { hash, start: 0, count: 100 });
  expect(await listed()).toEqual({ total: 0, rows: [] });
  const { roles, split } = runConfig('head').data;
  const params = { hash, roles, fixes: [], split, testHash: null, model: 'tiny', maxLength: 32 };
  const report = await call('data.check', params);
  expect(report.rejected).toBe(2);
  const { total, rows } = await listed();
  expect(total).toBe(2);
  expect(rows.map(({ line, code }) => [line, code])).toEqual([
    [6, 'empty-text'],
    [7, 'empty-label'],
  ]);
  expect(rows[1]?.reason).toBe('has no label in “label”');
  await call('data.open', { source, options: { header: true } });
  expect((await listed()).total).toBe(0);
});

test('an open data file is held, so that no other tab sweeps it', async () => {
  const hash = await openData();
  expect([...(await otherTab.held())]).toContain(dataLock(hash));
});

test('the report counts how often the test rows were measured with other descriptions', async () => {
  const { end } = await train('mine', 1);
  await end;
  const describe = (good: string) =>
    call('run.describe', { id: 'mine', descriptions: { good, bad: 'it was awful' } });
  expect((await loadFinished(state().storage, 'mine')).report).not.toHaveProperty('rewordings');
  expect((await describe('it was great')).report.rewordings).toBe(1);
  await call('run.rename', { id: 'mine', name: 'renamed' });
  expect((await describe('a great film')).report).toMatchObject({ rewordings: 2, name: 'renamed' });
  expect((await loadFinished(state().storage, 'mine')).report.rewordings).toBe(2);
  expect(await state().storage.list(runFolder('mine'))).toContain('report.json');
  await call('run.delete', { id: 'mine' });
});
