/** Activations with their slopes in TensorFlow.js operations: see plain.ts. */
import * as tf from '@tensorflow/tfjs-core';
import { type Activation, TANH_CUBE, TANH_SCALE } from './contract';

type Both = [value: tf.Tensor, slope: tf.Tensor];

/** x·s and its slope s + x·s′ */
const times = (x: tf.Tensor, share: tf.Tensor, slope: tf.Tensor): Both => [
  tf.mul(x, share),
  tf.add(share, tf.mul(x, slope)),
];

function sigmoid(z: tf.Tensor): Both {
  const share = tf.sigmoid(z);
  return [share, tf.mul(share, tf.sub(1, share))];
}

export const plainActivations: Record<Activation, (x: tf.Tensor) => Both> = {
  gelu(x) {
    const share = tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
    const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return times(x, share, density);
  },
  geluTanh(x) {
    const squares = tf.square(x);
    const [share, slope] = sigmoid(tf.mul(tf.mul(x, tf.add(tf.mul(squares, TANH_CUBE), 1)), TANH_SCALE));
    return times(x, share, tf.mul(slope, tf.mul(tf.add(tf.mul(squares, 3 * TANH_CUBE), 1), TANH_SCALE)));
  },
  silu: (x) => times(x, ...sigmoid(x)),
  relu: (x) => [tf.relu(x), tf.cast(tf.greater(x, 0), 'float32')],
};
