/** The memory that is told before a run against what its steps then hold, with the built-in model, on both places. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backendBytes, startBackend } from '../backend/start';
import { createStepRunner } from '../backend/steps';
import { methodDefaults, methodSpec } from '../catalog';
import { disposeModel, type LoadedModel } from '../model/load';
import { provideGpu } from '../testing/gpu';
import { builtInModel, rowsOf, trainingOf, tune, WASM } from '../testing/testModels';
import { optimizerFor, trainStep } from '../training/step';
import type { MethodId } from '../tuning/specs';
import { fitOf } from './fit';
import { planTrial } from './trial';

const CLASSES = 5;

beforeAll(() => provideGpu());

describe.each([
  // Heaps grow and never shrink: the smaller run comes first.
  { place: 'wasm', rows: 8, words: 62 },
  { place: 'webgpu', rows: 4, words: 14 },
] as const)('$place', ({ place, rows, words }) => {
  let base: LoadedModel;

  beforeAll(async () => {
    expect((await startBackend({ choice: place, wasm: WASM })).id).toBe(place);
    base = await builtInModel();
  });

  afterAll(() => disposeModel(base));

  test.each<MethodId>(['lora', 'full'])(
    '%s: what is told is what is held, within 15 of a hundred',
    async (method) => {
      const items = Array.from({ length: rows }, (_, i) => ({
        text: Array(words).fill('card').join(' '),
        label: i % CLASSES,
      }));
      const settings = trainingOf(method, { batchSize: rows });
      const data = rowsOf(base, items);
      const tensors = tf.memory().numTensors;
      const { peak } = await planTrial(
        { base, spec: methodSpec(method), method: methodDefaults(method), settings, classes: CLASSES },
        data.texts,
        { pause: async () => undefined },
      );
      expect(tf.memory().numTensors).toBe(tensors);
      const model = await tune(base, method, { classes: CLASSES });
      const optimizer = optimizerFor(model, settings.weightDecay, settings.headRatio);
      const runner = createStepRunner();
      let held = 0;
      for (let step = 0; step < runner.settling + 1; step++) {
        const batches = [[...items.keys()]];
        await trainStep({ model, optimizer, runner, rows: data, batches, settings, step, factor: 1 });
        held = Math.max(held, backendBytes());
      }
      runner.dispose();
      optimizer.dispose();
      model.dispose();
      expect(Math.abs(peak / held - 1)).toBeLessThan(0.15);
      expect(tf.memory().numTensors).toBe(tensors);
    },
  );
});

test('what does not fit is said with the way out, by what is short', () => {
  const GIB = 1024 ** 3;
  expect(fitOf({ peak: 0.4 * GIB, largestBuffer: null }, null, 8)).toEqual({ fit: 'fits', advice: null });
  expect(fitOf({ peak: 2 * GIB, largestBuffer: null }, null, 8).fit).toBe('tight');
  expect(fitOf({ peak: 1.2 * GIB, largestBuffer: null }, null, 2).fit).toBe('tight');
  const cases = [
    {
      memory: { peak: 5 * GIB, largestBuffer: null },
      limit: null,
      device: 8,
      says: /5\.4 GB .* WebAssembly can hold 4\.3 GB/,
    },
    {
      memory: { peak: 3 * GIB, largestBuffer: null },
      limit: null,
      device: 2,
      says: /this machine has about 2\.1 GB/,
    },
    {
      memory: { peak: GIB, largestBuffer: 2e8 },
      limit: 128e6,
      device: 8,
      says: /200 MB of it in one piece.* 128 MB/,
    },
  ];
  for (const { memory, limit, device, says } of cases) {
    const { fit, advice } = fitOf(memory, limit, device);
    expect(fit).toBe('does-not-fit');
    expect(advice).toMatch(says);
    expect(advice).toContain('batch size');
  }
});
