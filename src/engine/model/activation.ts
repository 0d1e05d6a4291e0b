/** Activations of feed-forward blocks, by transformers' names (activations.py). */
import * as tf from '@tensorflow/tfjs-core';
import type { Forward } from './family';

/**
 * Exact GELU is part of the fused product. The others are TensorFlow.js operations: a frozen layer's output is then
 * not known to be constant, which costs time and no gradient.
 */
type Activation = 'gelu' | ((x: tf.Tensor2D) => tf.Tensor2D);

const ROOT = Math.sqrt(2 / Math.PI);

/** x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))/2 (Hendrycks & Gimpel 2016), with (1 + tanh z)/2 = sigmoid(2z). */
const tanhGelu = (x: tf.Tensor2D): tf.Tensor2D => {
  const inner = tf.mul(x, tf.add(tf.mul(tf.square(x), 2 * ROOT * 0.044715), 2 * ROOT));
  return tf.mul(x, tf.sigmoid(inner));
};

export const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu: 'gelu',
  gelu_python: 'gelu',
  gelu_new: tanhGelu,
  gelu_fast: tanhGelu,
  gelu_pytorch_tanh: tanhGelu,
  relu: (x) => tf.relu(x),
};

/** activation(x·W + b) of the named module. */
export function activated(forward: Forward, module: string, x: tf.Tensor2D, name: string): tf.Tensor2D {
  const activation = ACTIVATIONS[name] as Activation;
  return activation === 'gelu'
    ? forward.linear(module, x, { gelu: true })
    : activation(forward.linear(module, x));
}
