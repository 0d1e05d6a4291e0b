import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { DropoutAttrs } from '../contract';
import { dropoutKey, dropoutThreshold } from '../dropoutHash';
import type { Native } from './native';

/** The numbers that decide which elements are dropped; a threshold of 0 drops none. */
export function dropoutArguments(
  native: Native,
  seed: TensorInfo | undefined,
  { rate, salt }: DropoutAttrs,
): { key: number; threshold: number; kept: number } {
  if (!seed || rate === 0) return { key: 0, threshold: 0, kept: 1 };
  const [value = 0] = native.ints(native.at(seed), 1);
  return { key: dropoutKey(value, salt), threshold: dropoutThreshold(rate), kept: 1 / (1 - rate) };
}
