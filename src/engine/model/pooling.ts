/** From token vectors to what a classifier sees. B texts, T tokens, D width. */
import * as tf from '@tensorflow/tfjs-core';
import { layerNorm, maskedMean } from '../backend/ops';
import type { Pooling } from '../core/modelShape';
import type { TokenBatch } from '../text/batches';

const FEATURE_EPSILON = 1e-12;

/** hidden [B·T, D] → [B, D]. */
export function pool(
  pooling: Pooling,
  hidden: tf.Tensor2D,
  { rows, length, mask }: Pick<TokenBatch, 'rows' | 'length' | 'mask'>,
): tf.Tensor2D {
  if (pooling === 'mean') return maskedMean(hidden, mask, { rows, length });
  const width = hidden.shape[1];
  if (pooling === 'cls') {
    const tokens = tf.reshape(hidden, [rows, length, width]);
    return tf.reshape(tf.slice(tokens, [0, 0, 0], [rows, 1, width]), [rows, width]);
  }
  const last = tf.add(tf.sum(mask, 1), tf.range(-1, rows * length - 1, length));
  return tf.gather(hidden, tf.cast(last, 'int32'));
}

/** Layer norm without weights, [B, D]. */
export function normed(pooled: tf.Tensor2D): tf.Tensor2D {
  const width = pooled.shape[1];
  const one = { value: tf.ones([width]) as tf.Tensor1D, trainable: false };
  const zero = { value: tf.zeros([width]) as tf.Tensor1D, trainable: false };
  return layerNorm(pooled, one, zero, FEATURE_EPSILON);
}

/** tanh(α·LN(pooled)): what stock heads with a dense layer and tanh before the classifier can say, too. */
export function squashed(pooled: tf.Tensor2D, alpha: number): tf.Tensor2D {
  return tf.tanh(tf.mul(normed(pooled), alpha));
}
