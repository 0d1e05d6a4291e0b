/**
 * What a training step costs the host: R1 narrowed, at full depth, on an adapter that computes nothing (Dawn's null
 * back end), in Node. Prints one JSON line. Arguments: hone|stock, warm-up steps, timed steps.
 */
import * as tf from '@tensorflow/tfjs-core';
import { startBackend } from '../src/engine/backend/start';
import { createHoneR1 } from '../src/engine/bench/honeR1';
import { R1, type R1Shape } from '../src/engine/bench/r1';
import { createStockR1 } from '../src/engine/bench/stockR1';
import '../src/engine/backend/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
import { watchGpu } from './counters';
import { timeSteps } from './timing';

/** The null adapter keeps every buffer in little memory; commands are as many at any width. */
const NARROW: R1Shape = { ...R1, width: 64, feedForward: 256, vocabulary: 512 };

const [name, warmup, steps] = process.argv.slice(2);

/**
 * The studio's own start. An adapter that computes nothing cannot pass its self-test, and there is no WebAssembly to
 * fall back to here; the device and the kernels are in place by then.
 */
async function startHone(): Promise<void> {
  const none = { paths: 'none/', kernels: { read: () => Promise.reject(new Error('none here')) } };
  await startBackend({ choice: 'webgpu', wasm: none }).catch(() => undefined);
}

async function main(): Promise<void> {
  watchGpu();
  if (name === 'hone') await startHone();
  if (!(await tf.setBackend('webgpu'))) throw new Error('TensorFlow.js did not start on the null adapter.');
  await tf.ready();
  const trainer = name === 'hone' ? createHoneR1(NARROW) : createStockR1(NARROW);
  const times = {
    warmup: Number(warmup),
    leastWarmup: 2,
    steps: Number(steps),
    enoughMs: Number.POSITIVE_INFINITY,
  };
  const { ms, counts } = await timeSteps(trainer.step, times);
  console.log(JSON.stringify({ ms, counts }));
}

await main();
