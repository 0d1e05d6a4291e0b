/**
 * Frozen weights in few bits: what a base model takes in memory while something beside it learns (Dettmers et al.
 * 2023). Arithmetic stays in floats: a weight is unpacked for each product and freed after it.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { PackedBits } from './kernels/contract';

/** A frozen weight [rows, columns]. */
export interface PackedWeight {
  rows: number;
  columns: number;
  bits: PackedBits;
  /** Values one after another in the words of an int32 tensor. */
  packed: tf.Tensor1D;
  /** [groups, columns]: by column and stretch of `group` rows; null for 16 bits, which need none. */
  scales: tf.Tensor2D | null;
  group: number;
}

/** The bytes of halves as a checkpoint has them, in the order [rows, columns]. */
export function packedHalves(halves: Uint16Array, rows: number, columns: number): PackedWeight {
  const words = new Int32Array(Math.ceil(halves.length / 2));
  new Uint16Array(words.buffer).set(halves);
  return { rows, columns, bits: 16, packed: tf.tensor1d(words, 'int32'), scales: null, group: rows };
}

/**
 * Values [rows, columns] as whole numbers of 8 or 4 bits, symmetric about 0: the largest of a column's stretch of
 * `group` rows becomes 127 or 7.
 */
export function quantised(
  values: Float32Array,
  { rows, columns, bits, group }: { rows: number; columns: number; bits: 8 | 4; group: number },
): PackedWeight {
  const largest = 2 ** (bits - 1) - 1;
  const scales = new Float32Array(Math.ceil(rows / group) * columns);
  const scaleOf = (i: number): number => Math.floor(i / columns / group) * columns + (i % columns);
  values.forEach((value, i) => {
    scales[scaleOf(i)] = Math.max(scales[scaleOf(i)] as number, Math.abs(value) / largest);
  });
  const perWord = 32 / bits;
  const words = new Int32Array(Math.ceil(values.length / perWord));
  values.forEach((value, i) => {
    const scale = scales[scaleOf(i)] as number;
    const whole = scale === 0 ? 0 : Math.round(value / scale);
    const at = Math.floor(i / perWord);
    words[at] = (words[at] as number) | ((whole & (2 ** bits - 1)) << (bits * (i % perWord)));
  });
  return {
    ...{ rows, columns, bits, group },
    packed: tf.tensor1d(words, 'int32'),
    scales: tf.tensor2d(scales, [scales.length / columns, columns]),
  };
}
