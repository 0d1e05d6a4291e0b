/** Weights in few bits as floats, on the host: see plain.ts. */
import * as tf from '@tensorflow/tfjs-core';
import type { FusedKernels, KernelCall } from './contract';

/** An IEEE half: sign, five bits of exponent, ten of fraction. */
function halfOf(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -magnitude : magnitude;
}

export function plainUnpack({
  inputs: { packed, scales },
  attrs: { rows, columns, bits, group },
}: KernelCall<'HoneUnpack'>): FusedKernels['HoneUnpack']['outputs'] {
  const words = packed.dataSync();
  const perWord = 32 / bits;
  const values = Float32Array.from({ length: rows * columns }, (_, i) => {
    const word = (words[Math.floor(i / perWord)] as number) >>> (bits * (i % perWord));
    return bits === 16 ? halfOf(word & 0xffff) : (word << (32 - bits)) >> (32 - bits);
  });
  const whole = tf.tensor(values, [rows, columns]);
  if (!scales) return [whole];
  const each = Array.from({ length: rows }, (_, row) => Math.floor(row / group));
  return [tf.mul(whole, tf.gather(scales, tf.tensor1d(each, 'int32')))];
}
