/**
 * R1 as a user of TensorFlow.js writes it: its own operations, one product for query, key and value, its Adam.
 * Nothing of Hone's but the numbers it starts from.
 */
import * as tf from '@tensorflow/tfjs-core';
import { R1_SETTINGS, type R1Shape, type R1Trainer, r1Batch, r1Values, r1Weights } from './r1';

/** The variables, with q, k and v side by side. */
function stockVariables(shape: R1Shape): Map<string, tf.Variable> {
  const variables = new Map<string, tf.Variable>();
  tf.tidy(() => {
    const values = new Map(
      r1Weights(shape).map((spec, i) => [spec.name, tf.tensor(r1Values(spec, i), [...spec.shape])]),
    );
    for (let i = 0; i < shape.layers; i++) {
      for (const part of ['w', 'b']) {
        const three = ['q', 'k', 'v'].map((name) => values.get(`${i}.${name}.${part}`) as tf.Tensor);
        values.set(`${i}.qkv.${part}`, tf.concat(three, -1));
        for (const name of ['q', 'k', 'v']) values.delete(`${i}.${name}.${part}`);
      }
    }
    for (const [name, value] of values) variables.set(name, tf.variable(value));
  });
  return variables;
}

const gelu = (x: tf.Tensor): tf.Tensor => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1));

export function createStockR1(shape: R1Shape): R1Trainer {
  const { rows, length, heads, width, classes } = shape;
  const size = width / heads;
  const variables = stockVariables(shape);
  const batch = r1Batch(shape);
  const ids = tf.tensor1d(batch.ids, 'int32');
  const mask = tf.tensor2d(batch.mask, [rows, length]);
  const labels = tf.tensor1d(batch.labels, 'int32');
  const optimizer = tf.train.adam(R1_SETTINGS.learningRate);

  const weight = (name: string): tf.Variable => variables.get(name) as tf.Variable;
  const dense = (x: tf.Tensor, name: string): tf.Tensor =>
    tf.add(tf.matMul(x as tf.Tensor2D, weight(`${name}.w`) as unknown as tf.Tensor2D), weight(`${name}.b`));
  const norm = (x: tf.Tensor, name: string): tf.Tensor => {
    const { mean, variance } = tf.moments(x, -1, true);
    const normal = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, R1_SETTINGS.normEpsilon)));
    return tf.add(tf.mul(normal, weight(`${name}.g`)), weight(`${name}.b`));
  };
  const heads4d = (x: tf.Tensor): tf.Tensor =>
    tf.transpose(tf.reshape(x, [rows, length, heads, size]), [0, 2, 1, 3]);

  const loss = (): tf.Scalar => {
    const bias = tf.reshape(tf.mul(tf.sub(mask, 1), 1e9), [rows, 1, 1, length]);
    const words = tf.reshape(tf.gather(weight('words'), ids), [rows, length, width]);
    let x = tf.reshape(tf.add(words, weight('positions')), [rows * length, width]);
    for (let i = 0; i < shape.layers; i++) {
      const parts = tf.split(dense(norm(x, `${i}.norm1`), `${i}.qkv`), 3, -1).map(heads4d);
      const [q, k, v] = parts as [tf.Tensor, tf.Tensor, tf.Tensor];
      const scores = tf.add(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(size)), bias);
      const mixed = tf.transpose(tf.matMul(tf.softmax(scores), v), [0, 2, 1, 3]);
      x = tf.add(x, dense(tf.reshape(mixed, [rows * length, width]), `${i}.o`));
      x = tf.add(x, dense(gelu(dense(norm(x, `${i}.norm2`), `${i}.up`)), `${i}.down`));
    }
    const kept = tf.mul(tf.reshape(norm(x, 'norm'), [rows, length, width]), tf.expandDims(mask, -1));
    const pooled = tf.div(tf.sum(kept, 1), tf.sum(mask, 1, true));
    const chosen = tf.oneHot(labels, classes);
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(dense(pooled, 'head')), chosen), -1)));
  };

  return {
    async step() {
      const value = optimizer.minimize(loss, true, [...variables.values()]) as tf.Scalar;
      const [first] = await value.data();
      value.dispose();
      return first as number;
    },
    dispose() {
      optimizer.dispose();
      tf.dispose([...variables.values(), ids, mask, labels]);
    },
  };
}
