import { beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../engine/core/hash';
import { memoryStorage, type Storage } from '../engine/core/storage';
import { runFolder, saveHead } from '../engine/pipeline/artifacts';
import { runConfig } from '../engine/testing/testRun';
import { DATA_FOLDER, sweepDataFiles } from './dataFiles';
import { createLocks, dataLock, type Locks } from './locks';
import { createTableLibrary } from './tables';
import { testLocks } from './testLocks';

let storage: Storage;
let [here, elsewhere]: [Locks, Locks] = [createLocks(null), createLocks(null)];

beforeEach(() => {
  const port = testLocks();
  storage = memoryStorage();
  [here, elsewhere] = [createLocks(port), createLocks(port)];
});

async function store(...hashes: string[]): Promise<void> {
  for (const hash of hashes) await storage.write(`${DATA_FOLDER}/${hash}.bin`, new Uint8Array(8));
}

async function startRun(id: string, hash: string, testHash?: string): Promise<void> {
  const config = runConfig('lora');
  const { options } = config.data;
  const testFile = testHash === undefined ? {} : { testFile: { name: 't.csv', hash: testHash, options } };
  const head = { version: 1 as const, id, name: id, createdAt: '', guessed: {} };
  await saveHead(storage, { ...head, config: { ...config, data: { ...config.data, hash, ...testFile } } });
}

const left = (): Promise<string[]> => storage.list(DATA_FOLDER);

test('a file whose lock is refused is opened all the same, and its lock asked for again', async () => {
  let refusals = 1;
  const share: Locks['share'] = async (name) => {
    if (refusals-- > 0) throw new DOMException('The document is not fully active.', 'InvalidStateError');
    return here.share(name);
  };
  const library = createTableLibrary(storage, { ...here, share });
  const bytes = new TextEncoder().encode('text,label\na,b\nc,d\n');
  const open = () => library.open(bytes, 'a.csv', null, () => undefined, new AbortController().signal);
  expect((await open()).table.rows).toHaveLength(2);
  expect([...(await elsewhere.held())]).toEqual([]);
  const { hash } = await open();
  expect([...(await elsewhere.held())]).toEqual([dataLock(hash)]);
});

describe('sweeping data files', () => {
  test('deletes what neither the project nor a run refers to', async () => {
    await store('project', 'project-test', 'trained', 'trained-test', 'orphan', 'other-orphan');
    await startRun('run-1', 'trained', 'trained-test');
    const deleted = await sweepDataFiles(storage, here, new Set(['project', 'project-test']));
    expect(deleted.sort()).toEqual(['orphan', 'other-orphan']);
    expect(await left()).toEqual(['project-test.bin', 'project.bin', 'trained-test.bin', 'trained.bin']);
  });

  test('a deleted run lets its data go', async () => {
    await store('trained');
    await startRun('run-1', 'trained');
    expect(await sweepDataFiles(storage, here, new Set())).toEqual([]);
    await storage.remove(runFolder('run-1'));
    expect(await sweepDataFiles(storage, here, new Set())).toEqual(['trained']);
    expect(await left()).toEqual([]);
  });

  test('leaves what another tab has open, until that tab is gone', async () => {
    const library = createTableLibrary(storage, elsewhere);
    const bytes = new TextEncoder().encode('text,label\na,b\nc,d\n');
    const { hash } = await library.open(bytes, 'a.csv', null, () => undefined, new AbortController().signal);
    expect(hash).toBe(await sha256(bytes));
    expect(await sweepDataFiles(storage, here, new Set())).toEqual([]);
    // The other tab opens more files than it keeps at hand, so the first is no longer open there.
    for (let i = 0; i < 4; i++) {
      const more = new TextEncoder().encode(`text,label\na,b\nc,${i}\n`);
      await library.open(more, `${i}.csv`, null, () => undefined, new AbortController().signal);
    }
    expect(await sweepDataFiles(storage, here, new Set())).toEqual([hash]);
    expect(await left()).toHaveLength(4);
  });

  test('a run that starts while the sweep looks keeps its data', async () => {
    await store('trained');
    const slow: Storage = {
      ...storage,
      list: async (folder) => {
        const names = await storage.list(folder);
        if (folder === DATA_FOLDER) await startRun('run-1', 'trained');
        return names;
      },
    };
    expect(await sweepDataFiles(slow, here, new Set())).toEqual([]);
    expect(await left()).toEqual(['trained.bin']);
  });

  test('deletes nothing while a run cannot be read, nor where tabs cannot be told apart', async () => {
    await store('orphan');
    await storage.write('runs/from-the-future/run.json', new TextEncoder().encode('{"version":9}'));
    expect(await sweepDataFiles(storage, here, new Set())).toEqual([]);
    await storage.remove('runs/from-the-future');
    expect(await sweepDataFiles(storage, createLocks(null), new Set())).toEqual([]);
    expect(await left()).toEqual(['orphan.bin']);
  });
});
