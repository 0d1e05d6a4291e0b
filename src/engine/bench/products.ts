/** Products of matrices by Hone and by TensorFlow.js, on whatever back end is in force. */
import * as tf from '@tensorflow/tfjs-core';
import { fused } from '../backend/kernels/contract';
import type { MatMulShape } from './r1';
import { type ProductTimes, timeProduct } from './timing';

/** What it made; null where it cannot be asked for this shape. */
export type Product = (shape: MatMulShape, a: tf.Tensor, b: tf.Tensor) => tf.Tensor | null;

/** xᵀ·dy has its own kernel; products of attention happen inside its kernels and are not to be had alone. */
export const honeProduct: Product = ({ batch, transposeA, transposeB }, a, b) => {
  if (batch > 1) return null;
  if (transposeA && !transposeB) return fused('HoneWeightGrad', { x: a, dy: b }, { bias: false })[0];
  return fused('HoneMatMul', { a, b }, { transposeA, transposeB, alpha: 1, gelu: false })[0];
};

export const stockProduct: Product = ({ transposeA, transposeB }, a, b) =>
  tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, transposeA, transposeB);

/** Milliseconds of one such product; null where it cannot be asked for. */
export async function timeTensorProduct(
  product: Product,
  shape: MatMulShape,
  times: ProductTimes,
): Promise<number | null> {
  const { m, k, n, batch, transposeA, transposeB } = shape;
  const outer = batch > 1 ? [batch] : [];
  const a = tf.randomUniform([...outer, ...(transposeA ? [k, m] : [m, k])], -1, 1);
  const b = tf.randomUniform([...outer, ...(transposeB ? [n, k] : [k, n])], -1, 1);
  try {
    const tried = product(shape, a, b);
    if (!tried) return null;
    tried.dispose();
    return await timeProduct(async (repeats) => {
      for (let i = 1; i < repeats; i++) product(shape, a, b)?.dispose();
      const last = product(shape, a, b) as tf.Tensor;
      const corner = tf.slice(
        last,
        last.shape.map(() => 0),
        last.shape.map(() => 1),
      );
      // Done on every back end when a value of the last one has come back.
      await corner.data();
      tf.dispose([last, corner]);
    }, times);
  } finally {
    tf.dispose([a, b]);
  }
}
