/** What R1 asks of the graphics card, on one that computes nothing: the same on every machine. */

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../backend/start';
import { provideGpu } from '../testing/gpu';
import { WASM } from '../testing/testModels';
import { createHoneR1 } from './honeR1';
import { R1 } from './r1';

beforeAll(async () => {
  await provideGpu('null');
  // The self-test cannot pass where nothing is computed; the device and the kernels are in place by then.
  await startBackend({ choice: 'webgpu', wasm: WASM });
  await tf.setBackend('webgpu');
});

/** Counts calls of a method on everything of its kind. */
function count(owner: { prototype: object }, method: string): { calls: number } {
  const counter = { calls: 0 };
  const original = Reflect.get(owner.prototype, method) as (...args: unknown[]) => unknown;
  Reflect.set(owner.prototype, method, function (this: unknown, ...args: unknown[]) {
    counter.calls++;
    return original.apply(this, args);
  });
  return counter;
}

test('a steady step of R1: 200 dispatches and 3 submits at most, no buffer and no binding made', async () => {
  // The null adapter keeps buffers in little memory; commands are as many at any width.
  const trainer = createHoneR1({ ...R1, width: 64, feedForward: 256, vocabulary: 512 });
  await trainer.step();
  await trainer.step();
  const dispatches = count(GPUComputePassEncoder, 'dispatchWorkgroups');
  const submits = count(GPUQueue, 'submit');
  const made = [count(GPUDevice, 'createBuffer'), count(GPUDevice, 'createBindGroup')];
  await trainer.step();
  trainer.dispose();
  expect(dispatches.calls).toBeGreaterThan(100);
  expect(dispatches.calls).toBeLessThanOrEqual(200);
  expect(submits.calls).toBeGreaterThan(0);
  expect(submits.calls).toBeLessThanOrEqual(3);
  expect(made.map(({ calls }) => calls)).toEqual([0, 0]);
});
