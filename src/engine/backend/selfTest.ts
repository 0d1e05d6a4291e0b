/**
 * A one-second proof that this machine computes and differentiates correctly: a small linear → GELU → layer
 * norm → cross-entropy with its gradient, against values from float64 JavaScript.
 * Some drivers return zeros or garbage without an error (tfjs#8590); such a back end must not be used.
 */
import * as tf from '@tensorflow/tfjs-core';
import { crossEntropy, embedding, layerNorm, linear } from './ops';

const TOLERANCE = 2e-3;

/** Loss of the little network as a function of one weight matrix [3, 3], all frozen otherwise. */
function loss(weights: tf.Tensor2D): tf.Scalar {
  const table = tf.tensor2d([0.1, -0.2, 0.3, 0.4, 0.5, -0.6, -0.7, 0.8, 0.9], [3, 3]);
  const x = embedding({ words: { value: table, trainable: false } }, tf.tensor1d([0, 2, 1, 2], 'int32'), 4);
  const bias = { value: tf.tensor1d([0.05, -0.05, 0.1]), trainable: false };
  const hidden = linear(x, { value: weights, trainable: true }, bias, { gelu: true });
  const one = { value: tf.tensor1d([1, 1, 1]), trainable: false };
  const zero = { value: tf.tensor1d([0, 0, 0]), trainable: false };
  const normed = layerNorm(hidden, one, zero, 1e-5);
  return crossEntropy(normed, tf.tensor1d([0, 1, 2, 1], 'int32'));
}

const WEIGHTS = [0.2, -0.4, 0.6, 0.8, -1.0, 1.2, -0.3, 0.5, 0.7];

/** Null when right, else what was wrong. */
export async function selfTest(): Promise<string | null> {
  const { value, grad } = tf.tidy(() => {
    const result = tf.valueAndGrad(loss as (x: tf.Tensor) => tf.Scalar)(tf.tensor2d(WEIGHTS, [3, 3]));
    return { value: result.value, grad: result.grad };
  });
  const [measuredLoss] = await value.data();
  const gradient = await grad.data();
  value.dispose();
  grad.dispose();
  const expected = referenceLoss(WEIGHTS);
  if (!(Math.abs((measuredLoss ?? Number.NaN) - expected) < TOLERANCE)) {
    return `forward value ${measuredLoss}, expected ${expected.toFixed(4)}`;
  }
  for (let i = 0; i < WEIGHTS.length; i++) {
    const step = 1e-5;
    const up = WEIGHTS.map((w, j) => (j === i ? w + step : w));
    const down = WEIGHTS.map((w, j) => (j === i ? w - step : w));
    const slope = (referenceLoss(up) - referenceLoss(down)) / (2 * step);
    if (!(Math.abs((gradient[i] ?? Number.NaN) - slope) < TOLERANCE)) {
      return `gradient ${i} is ${gradient[i]}, expected ${slope.toFixed(4)}`;
    }
  }
  return null;
}

/** The same loss in float64. */
function referenceLoss(weights: readonly number[]): number {
  const table = [
    [0.1, -0.2, 0.3],
    [0.4, 0.5, -0.6],
    [-0.7, 0.8, 0.9],
  ];
  const bias = [0.05, -0.05, 0.1];
  const labels = [0, 1, 2, 1];
  let total = 0;
  [0, 2, 1, 2].forEach((id, row) => {
    const x = table[id] as number[];
    const hidden = bias.map((b, o) => {
      const z = b + x.reduce((sum, value, i) => sum + value * (weights[i * 3 + o] as number), 0);
      return 0.5 * z * (1 + erf(z / Math.SQRT2));
    });
    const mean = hidden.reduce((a, b) => a + b, 0) / 3;
    const variance = hidden.reduce((a, b) => a + (b - mean) ** 2, 0) / 3;
    const logits = hidden.map((h) => (h - mean) / Math.sqrt(variance + 1e-5));
    const logSum = Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0));
    total += logSum - (logits[labels[row] as number] as number);
  });
  return total / 4;
}

/** erf by its Maclaurin series, exact to double precision for the |x| < 2 used here. */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 60; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
