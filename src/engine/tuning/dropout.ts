/**
 * Seeded dropout (Srivastava et al. 2014), inverted: kept values are scaled by 1/(1-rate). Masks depend only on
 * (seed, step, order of use), so a resumed run draws the masks an uninterrupted one would have drawn.
 */
import * as tf from '@tensorflow/tfjs-core';

export interface DropoutPass {
  seed: number;
  step: string;
}

export interface DropoutSource {
  /** x with a share `rate` silenced; x itself when predicting or when the rate is 0. */
  apply<T extends tf.Tensor>(x: T, rate: number): T;
  /** The scaled keep-mask alone, or null when nothing is dropped. */
  mask(shape: number[], rate: number): tf.Tensor | null;
}

export function dropoutSource(pass: DropoutPass | null): DropoutSource {
  let state = pass ? hash(pass.seed, pass.step) : 0;
  const mask = (shape: number[], rate: number): tf.Tensor | null => {
    if (!pass || rate === 0) return null;
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    const threshold = rate * 0x1_0000_0000;
    const kept = 1 / (1 - rate);
    for (let i = 0; i < values.length; i++) {
      // xorshift32 (Marsaglia 2003): masks need speed and repeatability, not cryptographic quality.
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      if (state >>> 0 >= threshold) values[i] = kept;
    }
    return tf.tensor(values, shape);
  };
  return {
    mask,
    apply(x, rate) {
      const keep = mask(x.shape, rate);
      return keep ? (tf.mul(x, keep) as typeof x) : x;
    },
  };
}

/** FNV-1a, never 0 (xorshift's only fixed point). */
function hash(seed: number, text: string): number {
  let value = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value | 0 || 1;
}
