/** Full tuning of the built-in model as a user of TensorFlow.js writes it, without dropout. */
import * as tf from '@tensorflow/tfjs-core';
import { fetchModel, labelsOf, R2_CLASSES, textsOf } from './builtIn';

const FEATURE_EPSILON = 1e-12;
const LEARNING_RATE = 2e-5;

const gelu = (x: tf.Tensor): tf.Tensor => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1));

function standardized(x: tf.Tensor, epsilon: number): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon)));
}

export async function createStockR2(rows: number, length: number): Promise<() => Promise<number>> {
  const model = await fetchModel();
  const { layers, width, heads, vocabulary } = model.encoder.shape;
  const { featureScale } = model.encoder;
  const epsilon = (JSON.parse(model.files.config) as { layer_norm_eps: number }).layer_norm_eps;
  const variables = new Map([...model.weights].map(([name, value]) => [name, tf.variable(value)]));
  variables.set(
    'head.weight',
    tf.tidy(() => tf.variable(tf.randomNormal([width, R2_CLASSES], 0, 0.02))),
  );
  variables.set(
    'head.bias',
    tf.tidy(() => tf.variable(tf.zeros([R2_CLASSES]))),
  );
  const texts = textsOf(rows, length, vocabulary);
  const ids = tf.tensor1d(Int32Array.from(texts.flatMap((text) => [...text.ids])), 'int32');
  const labels = tf.tensor1d(labelsOf(rows), 'int32');
  const optimizer = tf.train.adam(LEARNING_RATE);

  const weight = (name: string): tf.Variable => variables.get(name) as tf.Variable;
  const dense = (x: tf.Tensor, name: string): tf.Tensor =>
    tf.add(
      tf.matMul(x as tf.Tensor2D, weight(`${name}.weight`) as unknown as tf.Tensor2D),
      weight(`${name}.bias`),
    );
  const norm = (x: tf.Tensor, name: string): tf.Tensor =>
    tf.add(tf.mul(standardized(x, epsilon), weight(`${name}.weight`)), weight(`${name}.bias`));
  const split = (x: tf.Tensor): tf.Tensor =>
    tf.transpose(tf.reshape(x, [rows, length, heads, width / heads]), [0, 2, 1, 3]);

  const loss = (): tf.Scalar => {
    const words = tf.reshape(tf.gather(weight('embeddings.word_embeddings.weight'), ids), [rows, length, -1]);
    const places = tf.slice(weight('embeddings.position_embeddings.weight'), [0, 0], [length, width]);
    const segment = tf.slice(weight('embeddings.token_type_embeddings.weight'), [0, 0], [1, width]);
    const placed = tf.reshape(tf.add(tf.add(words, places), segment), [rows * length, width]);
    let x = norm(placed, 'embeddings.LayerNorm');
    for (let i = 0; i < layers; i++) {
      const name = `encoder.layer.${i}`;
      const part = (which: string): tf.Tensor => split(dense(x, `${name}.attention.self.${which}`));
      const scores = tf.mul(tf.matMul(part('query'), part('key'), false, true), 1 / Math.sqrt(width / heads));
      const mixed = tf.transpose(tf.matMul(tf.softmax(scores), part('value')), [0, 2, 1, 3]);
      const joined = dense(tf.reshape(mixed, [rows * length, width]), `${name}.attention.output.dense`);
      const first = norm(tf.add(joined, x), `${name}.attention.output.LayerNorm`);
      const wide = gelu(dense(first, `${name}.intermediate.dense`));
      x = norm(tf.add(dense(wide, `${name}.output.dense`), first), `${name}.output.LayerNorm`);
    }
    const pooled = tf.mean(tf.reshape(x, [rows, length, width]), 1);
    const features = tf.tanh(tf.mul(standardized(pooled, FEATURE_EPSILON), featureScale));
    const chosen = tf.oneHot(labels, R2_CLASSES);
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(dense(features, 'head')), chosen), -1)));
  };

  return async () => {
    const value = optimizer.minimize(loss, true, [...variables.values()]) as tf.Scalar;
    const [first] = await value.data();
    value.dispose();
    return first as number;
  };
}
