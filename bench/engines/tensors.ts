/** What Hone and stock TensorFlow.js are timed by alike, as both run on its tensors. */
import * as tf from '@tensorflow/tfjs-core';
import type { MatMulShape } from '../../src/engine/bench/r1';
import { peakGpuBytes } from '../counters';
import type { Jobs, Place, StepTimes, Times } from '../jobs';
import { mostLiveBytes } from '../liveBytes';
import { timeProduct, timeSteps } from '../timing';

function peakBytes(place: Place): number {
  if (place === 'webgpu') return peakGpuBytes();
  return (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.byteLength;
}

export async function stepTimes(
  step: () => Promise<number>,
  tokens: number,
  place: Place,
  repeats: Times,
): Promise<StepTimes> {
  const { ms, losses, counts } = await timeSteps(step, repeats);
  return {
    ms,
    losses,
    tokens,
    peakBytes: peakBytes(place),
    liveBytes: mostLiveBytes(),
    gpu: place === 'webgpu' ? counts : null,
  };
}

/** `product` returns what it made; null where it cannot be asked for this shape. */
export async function timeProducts(
  { shapes, ...timing }: Jobs['matmul']['params'],
  product: (shape: MatMulShape, a: tf.Tensor, b: tf.Tensor) => tf.Tensor | null,
): Promise<Jobs['matmul']['result']> {
  const times: Jobs['matmul']['result'] = [];
  for (const shape of shapes) {
    const { m, k, n, batch, transposeA, transposeB } = shape;
    const outer = batch > 1 ? [batch] : [];
    const a = tf.randomUniform([...outer, ...(transposeA ? [k, m] : [m, k])], -1, 1);
    const b = tf.randomUniform([...outer, ...(transposeB ? [n, k] : [k, n])], -1, 1);
    const tried = product(shape, a, b);
    if (tried) {
      tried.dispose();
      const run = async (repeats: number): Promise<void> => {
        for (let i = 1; i < repeats; i++) product(shape, a, b)?.dispose();
        const last = product(shape, a, b) as tf.Tensor;
        const corner = tf.slice(
          last,
          last.shape.map(() => 0),
          last.shape.map(() => 1),
        );
        await corner.data();
        tf.dispose([last, corner]);
      };
      times.push(await timeProduct(run, timing));
    } else times.push({ ms: null });
    tf.dispose([a, b]);
  }
  return times;
}
