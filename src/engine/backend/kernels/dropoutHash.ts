/**
 * Which elements a dropout silences, as every back end computes it: a hash of seed, salt and index, so that masks
 * need no memory, no order and no generator's state, and the gradient draws the same ones again.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { DropoutAttrs } from './contract';

/** Wellons' lowbias32 (2018): a permutation of 32-bit numbers in which each input bit moves half of the output bits. */
export function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return x ^ (x >>> 16);
}

const GOLDEN = 0x9e3779b9;

export function dropoutKey(seed: number, salt: number): number {
  return mix(seed ^ Math.imul(salt, GOLDEN));
}

/** Compared with the hash's upper 24 bits. */
export function dropoutThreshold(rate: number): number {
  return Math.floor(rate * 0x1_00_0000);
}

/** 0 or 1/(1-rate) for each of `count` elements. */
export function keepFactors(count: number, seed: number, salt: number, rate: number): Float32Array {
  const key = dropoutKey(seed, salt);
  const threshold = dropoutThreshold(rate);
  const kept = 1 / (1 - rate);
  return Float32Array.from({ length: count }, (_, i) => (mix(i ^ key) >>> 8 >= threshold ? kept : 0));
}

/** The same as a tensor, by the seed that a tensor holds; null where nothing is dropped. */
export function keepMask(
  shape: number[],
  seed: tf.Tensor | undefined,
  { rate, salt }: DropoutAttrs,
): tf.Tensor | null {
  if (rate === 0 || !seed) return null;
  const count = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(keepFactors(count, seed.dataSync()[0] as number, salt, rate), shape);
}
