/** Tables of learned positions. */
import * as tf from '@tensorflow/tfjs-core';
import type { Weight } from '../backend/ops';

/** Rows of a table from `first` on; the table itself where it begins there. */
export function rowsOf(
  { value, trainable }: Weight<tf.Tensor2D>,
  first: number,
  count: number,
): Weight<tf.Tensor2D> {
  if (first === 0) return { value, trainable };
  return { value: tf.slice(value, [first, 0], [count, value.shape[1]]), trainable };
}
