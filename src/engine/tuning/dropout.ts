/**
 * Seeded dropout (Srivastava et al. 2014). What is silenced depends only on (seed, step, order of use), so a
 * resumed run draws what an uninterrupted one would have drawn.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type Dropout, dropout } from '../backend/ops';

/** How one forward pass treats randomness. */
export interface TrainingPass {
  /** Share silenced in the model. */
  dropout: number;
  /** int32 [1], from `passSeed`. */
  seed: tf.Tensor1D;
}

/** The seed of a pass by name: the same step draws the same masks. The caller disposes it. */
export function passSeed(seed: number, step: string): tf.Tensor1D {
  return tf.tensor1d([passSeedValue(seed, step)], 'int32');
}

export interface DropoutSource {
  /** x with a share `rate` silenced; x itself when predicting or when the rate is 0. */
  apply<T extends tf.Tensor>(x: T, rate: number): T;
  /** The next use's place, for an operation that drops by itself; null when nothing is dropped. */
  next(rate: number): Dropout | null;
}

/** `firstSalt` keeps sources of one pass apart. */
export function dropoutSource(pass: TrainingPass | null, firstSalt = 0): DropoutSource {
  let salt = firstSalt;
  const next = (rate: number): Dropout | null =>
    pass && rate > 0 ? { seed: pass.seed, rate, salt: salt++ } : null;
  return { next, apply: (x, rate) => dropout(x, next(rate)) };
}

/** FNV-1a. */
export function passSeedValue(seed: number, text: string): number {
  let value = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value | 0;
}
