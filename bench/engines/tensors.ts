/** What Hone and stock TensorFlow.js are timed by alike, as both run on its tensors. */
import * as tf from '@tensorflow/tfjs-core';
import { type Product, timeTensorProduct } from '../../src/engine/bench/products';
import type { Times } from '../../src/engine/bench/timing';
import { peakGpuBytes } from '../counters';
import type { Jobs, Place, StepTimes } from '../jobs';
import { mostLiveBytes } from '../liveBytes';
import { timeSteps } from '../timing';

function peakBytes(place: Place): number {
  if (place === 'webgpu') return peakGpuBytes();
  return (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.byteLength;
}

export async function stepTimes(
  step: () => Promise<number>,
  tokens: number,
  place: Place,
  times: Times,
): Promise<StepTimes> {
  const { ms, losses, counts } = await timeSteps(step, times);
  return {
    ms,
    losses,
    tokens,
    peakBytes: peakBytes(place),
    liveBytes: mostLiveBytes(),
    gpu: place === 'webgpu' ? counts : null,
  };
}

export async function timeProducts(
  { shapes, ...times }: Jobs['matmul']['params'],
  product: Product,
): Promise<Jobs['matmul']['result']> {
  const result: Jobs['matmul']['result'] = [];
  for (const shape of shapes) result.push(await timeTensorProduct(product, shape, times));
  return result;
}
