/** Both places timed on a run's own steps: the processor, and the graphics card as the processor plays it. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { backendInForce, startBackend } from '../backend/start';
import type { RunConfig } from '../core/config';
import type { BackendInfo } from '../core/events';
import { memoryStorage, type Storage } from '../core/storage';
import { disposeModel, type LoadedModel, moveModel } from '../model/load';
import { provideGpu } from '../testing/gpu';
import { WASM } from '../testing/testModels';
import { runConfig, testPorts } from '../testing/testRun';
import { tinyFiles, tinyModel } from '../testing/tinyModel';
import { choosePlace, type Machine, type PlaceOptions } from './place';

type Place = BackendInfo['id'];

let base: LoadedModel;
let auto: BackendInfo;
let storage: Storage;
let asked: string[];
let tensors: number;

beforeAll(async () => {
  await provideGpu();
  // A machine with a card: by itself a software adapter is never taken.
  const { reason } = await startBackend({ choice: 'auto', wasm: WASM });
  expect(reason).toContain('Only a software WebGPU adapter');
  auto = await startBackend({ choice: 'webgpu', wasm: WASM, reason: 'A graphics card was found.' });
  expect(auto.id).toBe('webgpu');
  base = await tinyModel();
});

afterAll(() => disposeModel(base));

beforeEach(() => {
  storage = memoryStorage();
  asked = [];
  tensors = tf.memory().numTensors;
});

const machine: Machine = {
  get auto() {
    return auto;
  },
  start: (choice, reason) => {
    asked.push(choice);
    return startBackend({ choice, reason, wasm: WASM });
  },
};

/** Chooses with a clock by which the places differ as told, in milliseconds between two looks. */
async function choose(
  ms: Readonly<Record<Place, number>>,
  { config = runConfig('full'), ...changes }: Partial<PlaceOptions> & { config?: RunConfig } = {},
): Promise<{ info: BackendInfo; labels: string[] }> {
  let time = 0;
  let place = backendInForce();
  const labels: string[] = [];
  const info = await choosePlace(
    config,
    machine,
    {
      ...testPorts(base, storage),
      loadModel: async () => {
        if (place !== backendInForce()) await moveModel(base, (await tinyFiles()).weights);
        place = backendInForce();
        return base;
      },
      now: () => {
        time += ms[backendInForce() as Place];
        return time;
      },
    },
    {
      onProgress: ({ label }) => labels.push(label),
      signal: new AbortController().signal,
      quiet: async () => true,
      ...changes,
    },
  );
  if (place !== backendInForce()) await moveModel(base, (await tinyFiles()).weights);
  return { info, labels };
}

test.each([
  { faster: 'webgpu', ms: { wasm: 310, webgpu: 41 } },
  { faster: 'wasm', ms: { wasm: 12, webgpu: 700 } },
] as const)(
  '$faster, where the whole run takes less time, is taken and said with both times',
  async ({ faster, ms }) => {
    const { info, labels } = await choose(ms);
    expect(info.id).toBe(faster);
    expect(backendInForce()).toBe(faster);
    for (const each of Object.values(ms)) expect(info.reason).toContain(`${each} ms a step on the`);
    expect(info.reason).toContain(auto.adapter);
    expect(labels).toEqual(['Timing the processor', 'Timing the graphics card']);
    expect(tf.memory().numTensors).toBe(tensors);
  },
);

test('what was timed is remembered by model, method and batch, whatever the session', async () => {
  const first = await choose({ wasm: 12, webgpu: 700 });
  // The clock would tell another story now, if it were asked.
  const second = await choose({ wasm: 900, webgpu: 1 });
  expect(second.labels).toEqual([]);
  expect(second.info.id).toBe('wasm');
  expect(second.info.reason).toBe(first.info.reason.replace('timed just now', 'timed here before'));
  for (const config of [runConfig('lora'), runConfig('full', { batchSize: 4 })]) {
    expect((await choose({ wasm: 900, webgpu: 1 }, { config })).info.id).toBe('webgpu');
  }
  storage = memoryStorage();
  expect((await choose({ wasm: 900, webgpu: 1 })).info.id).toBe('webgpu');
  expect(tf.memory().numTensors).toBe(tensors);
});

test('by a real clock, the processor beats the graphics card that it plays itself', async () => {
  const info = await choosePlace(
    runConfig('full'),
    machine,
    {
      ...testPorts(base, storage),
      loadModel: async () => {
        await moveModel(base, (await tinyFiles()).weights);
        return base;
      },
      now: () => performance.now(),
    },
    { onProgress: () => undefined, signal: new AbortController().signal, quiet: async () => true },
  );
  expect(info.id).toBe('wasm');
  expect(tf.memory().numTensors).toBe(tensors);
});

test('beside another run nothing is timed and nothing is kept', async () => {
  const { info, labels } = await choose({ wasm: 1, webgpu: 900 }, { quiet: async () => false });
  expect([info.id, labels]).toEqual(['webgpu', []]);
  expect(info.reason).toMatch(/not timed .* a run is under way/);
  const answers = [true, false];
  const begun = await choose({ wasm: 1, webgpu: 900 }, { quiet: async () => answers.shift() ?? false });
  expect(begun.info.id).toBe('webgpu');
  expect(await storage.list('machine')).toEqual([]);
});

test('an end asked for while timing ends it, and frees what it measured with', async () => {
  const unwanted = new AbortController();
  const onProgress = ({ label }: { label: string }): void => {
    if (label.includes('graphics')) unwanted.abort();
  };
  const ended = choose({ wasm: 1, webgpu: 2 }, { onProgress, signal: unwanted.signal });
  await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
  await moveModel(base, (await tinyFiles()).weights);
  expect(tf.memory().numTensors).toBe(tensors);
});

test('a place that fails is not taken, and the reason says why', async () => {
  const broken: Machine = {
    auto,
    start: async (place, reason) => {
      if (reason === 'Being timed.' && place === 'webgpu') throw new Error('the driver gave up');
      return machine.start(place, reason);
    },
  };
  const ports = { ...testPorts(base, storage), now: () => performance.now() };
  const options = {
    onProgress: () => undefined,
    signal: new AbortController().signal,
    quiet: async () => true,
  };
  const info = await choosePlace(runConfig('full'), broken, ports, options);
  expect(info.id).toBe('wasm');
  expect(info.reason).toContain('the driver gave up');
  expect(await storage.list('machine')).toEqual([]);
});

test('where only the processor can compute, nothing is timed', async () => {
  const alone = { ...auto, id: 'wasm' } as const;
  const ports = testPorts(base, storage);
  const options = {
    onProgress: () => undefined,
    signal: new AbortController().signal,
    quiet: async () => true,
  };
  expect(await choosePlace(runConfig('full'), { ...machine, auto: alone }, ports, options)).toBe(alone);
  expect(asked).toEqual([]);
});
