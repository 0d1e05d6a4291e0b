/** Activations of feed-forward blocks, by transformers' names (activations.py). */
import type * as tf from '@tensorflow/tfjs-core';
import { activate } from '../backend/ops';
import type { Forward } from './family';

export const ACTIVATIONS = {
  gelu: 'gelu',
  gelu_python: 'gelu',
  gelu_new: 'geluTanh',
  gelu_fast: 'geluTanh',
  gelu_pytorch_tanh: 'geluTanh',
  relu: 'relu',
} as const;
export type ActivationName = keyof typeof ACTIVATIONS;

/** activation(x·W + b) of the named module: exact GELU is part of the product. */
export function activated(
  forward: Forward,
  module: string,
  x: tf.Tensor2D,
  name: ActivationName,
): tf.Tensor2D {
  const activation = ACTIVATIONS[name];
  return activation === 'gelu'
    ? forward.linear(module, x, { gelu: true })
    : activate(forward.linear(module, x), activation);
}
