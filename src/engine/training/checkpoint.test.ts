/** Checkpoints come back exactly, survive damage to either of the two, and say what happened. */
import { describe, expect, test } from 'vitest';
import { memoryStorage, type Storage } from '../core/storage';
import { checkpointProgress, loadCheckpoint, removeCheckpoints, saveCheckpoint } from './checkpoint';
import type { TrainSnapshot } from './train';

const FOLDER = 'runs/a';

function snapshot(step: number): TrainSnapshot {
  return {
    state: {
      step,
      checkedStep: step,
      bestStep: 1,
      bestLoss: 0.1 + 1e-17 * step,
      bestAccuracy: 2 / 3,
      checksWithoutGain: 1,
      lossSum: 0.3,
      lossCount: 2,
      stoppedEarly: false,
    },
    tensors: new Map([
      ['weights/w', { shape: [2, 2], data: Float32Array.from([step, -0, 1e-40, 3.4e38]) }],
      ['moments/w.m', { shape: [], data: Float32Array.from([0.1]) }],
    ]),
  };
}

const save = (storage: Storage, step: number): Promise<void> =>
  saveCheckpoint(storage, FOLDER, snapshot(step), 40, { points: [step] });

/** Flips one bit of a stored file. */
async function damage(storage: Storage, name: string): Promise<void> {
  const bytes = (await storage.read(`${FOLDER}/${name}`)) ?? new Uint8Array();
  const at = bytes.length - 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await storage.write(`${FOLDER}/${name}`, bytes);
}

describe('a checkpoint', () => {
  test('comes back bit for bit with what was kept beside it', async () => {
    const storage = memoryStorage();
    await save(storage, 5);
    const restored = await loadCheckpoint(storage, FOLDER);
    expect(restored).toEqual({ snapshot: snapshot(5), extra: { points: [5] }, warning: null });
    expect(await checkpointProgress(storage, FOLDER)).toEqual({ step: 5, totalSteps: 40 });
  });

  test('keeps a best loss that was never measured', async () => {
    const storage = memoryStorage();
    const { state, tensors } = snapshot(0);
    const fresh = { state: { ...state, bestLoss: Number.POSITIVE_INFINITY }, tensors };
    await saveCheckpoint(storage, FOLDER, fresh, 40, null);
    expect((await loadCheckpoint(storage, FOLDER))?.snapshot.state.bestLoss).toBe(Number.POSITIVE_INFINITY);
  });

  test('the last two are kept, in files that do not grow in number', async () => {
    const storage = memoryStorage();
    for (const step of [1, 2, 3, 4, 5]) await save(storage, step);
    expect(await storage.list(FOLDER)).toHaveLength(4);
    expect((await loadCheckpoint(storage, FOLDER))?.snapshot.state.step).toBe(5);
  });

  test('is gone when removed', async () => {
    const storage = memoryStorage();
    await save(storage, 1);
    await removeCheckpoints(storage, FOLDER);
    expect(await loadCheckpoint(storage, FOLDER)).toBeNull();
    expect(await checkpointProgress(storage, FOLDER)).toBeNull();
    expect(await storage.list(FOLDER)).toEqual([]);
  });
});

describe('damage', () => {
  /** The second save went to slot b. */
  test.each(['checkpoint-b.safetensors', 'checkpoint-b.json'])(
    'to the newest (%s): the one before, said in words',
    async (name) => {
      const storage = memoryStorage();
      await save(storage, 5);
      await save(storage, 10);
      await damage(storage, name);
      const restored = await loadCheckpoint(storage, FOLDER);
      expect(restored?.snapshot).toEqual(snapshot(5));
      expect(restored?.warning).toBe(
        'A saved checkpoint was damaged; the run goes on from the whole one, at step 5.',
      );
    },
  );

  test('to the older weights goes unnoticed, for nobody needs them', async () => {
    const storage = memoryStorage();
    await save(storage, 5);
    await save(storage, 10);
    await damage(storage, 'checkpoint-a.safetensors');
    expect(await loadCheckpoint(storage, FOLDER)).toMatchObject({
      snapshot: { state: { step: 10 } },
      warning: null,
    });
  });

  test('to both leaves none', async () => {
    const storage = memoryStorage();
    await save(storage, 5);
    await save(storage, 10);
    await damage(storage, 'checkpoint-a.safetensors');
    await damage(storage, 'checkpoint-b.safetensors');
    expect(await loadCheckpoint(storage, FOLDER)).toBeNull();
  });

  test('by a crash between weights and record: the one before, without alarm', async () => {
    const storage = memoryStorage();
    await save(storage, 5);
    await save(storage, 10);
    const crashing: Storage = {
      ...storage,
      write: async (path, bytes) => {
        if (path.endsWith('.json')) throw new Error('the tab was closed');
        await storage.write(path, bytes);
      },
    };
    await expect(save(crashing, 15)).rejects.toThrow('the tab was closed');
    expect(await loadCheckpoint(storage, FOLDER)).toMatchObject({
      snapshot: { state: { step: 10 } },
      warning: null,
    });
  });
});

test('a full storage is told by its code, and keeps what it held', async () => {
  const room = memoryStorage();
  await save(room, 5);
  const storage = memoryStorage((await room.size(FOLDER)) + 100);
  await save(storage, 5);
  await expect(save(storage, 10)).rejects.toMatchObject({ code: 'storage-full' });
  expect((await loadCheckpoint(storage, FOLDER))?.snapshot.state.step).toBe(5);
});
