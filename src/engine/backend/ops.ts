/**
 * The fused operations a model is written in. Each has its own gradient, so that frozen weights cost none, and
 * both back ends get the matrix layouts they are fast on. Shapes: N rows (batch × tokens), I inputs, O outputs.
 *
 * tfjs-wasm multiplies at full speed only when neither operand is transposed, and at a tenth of it otherwise
 * (shared/reference/engine.md 16); so weights are kept [I, O] and gradients transpose explicitly, once.
 */
import * as tf from '@tensorflow/tfjs-core';

/** A weight and whether it moves; a frozen one enters no gradient. */
export interface Weight<T extends tf.Tensor = tf.Tensor> {
  value: T;
  trainable: boolean;
}

type GradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor[];

/**
 * tf.customGrad with plain arrays; `inputs` are what is differentiated, in the order `grad` answers. Whatever
 * the gradient reads must be saved: tensors made inside the forward pass are gone by then.
 */
function withGradient(
  inputs: tf.Tensor[],
  forward: (save: (tensors: tf.Tensor[]) => void) => tf.Tensor,
  grad: GradFunc,
): tf.Tensor {
  return tf.customGrad((...args) => {
    const save = args[args.length - 1] as unknown as (tensors: tf.Tensor[]) => void;
    return { value: forward(save), gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => grad(dy, saved) };
  })(...inputs);
}

/** y[N, O] = x[N, I] · w[I, O] + b[O]. Gradients: dx = dy·wᵀ, dw = xᵀ·dy, db = Σ_N dy. */
export function linear(x: tf.Tensor2D, w: Weight<tf.Tensor2D>, b: Weight<tf.Tensor1D> | null): tf.Tensor2D {
  const inputs: tf.Tensor[] = [x];
  if (w.trainable) inputs.push(w.value);
  if (b?.trainable) inputs.push(b.value);
  const result = withGradient(
    inputs,
    (save) => {
      save(w.trainable ? [w.value, x] : [w.value]);
      const product = tf.matMul(x, w.value);
      return b ? tf.add(product, b.value) : product;
    },
    (dy, saved) => {
      const grads: tf.Tensor[] = [tf.matMul(dy as tf.Tensor2D, tf.transpose(saved[0] as tf.Tensor2D))];
      if (w.trainable) grads.push(tf.matMul(tf.transpose(saved[1] as tf.Tensor2D), dy as tf.Tensor2D));
      if (b?.trainable) grads.push(tf.sum(dy, 0));
      return grads;
    },
  );
  return result as tf.Tensor2D;
}

/** Exact GELU, x·Φ(x) (Hendrycks & Gimpel 2016), as BERT uses. Gradient: Φ(x) + x·φ(x). */
export function gelu(x: tf.Tensor2D): tf.Tensor2D {
  const cumulative = (value: tf.Tensor): tf.Tensor =>
    tf.mul(tf.add(tf.erf(tf.mul(value, Math.SQRT1_2)), 1), 0.5);
  return withGradient(
    [x],
    (save) => {
      save([x]);
      return tf.mul(x, cumulative(x));
    },
    (dy, [saved]) => {
      const value = saved as tf.Tensor;
      const density = tf.mul(tf.exp(tf.mul(tf.square(value), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return [tf.mul(dy, tf.add(cumulative(value), tf.mul(value, density)))];
    },
  ) as tf.Tensor2D;
}

/**
 * Layer norm over the last axis of x[N, D] (Ba et al. 2016), biased variance. With x̂ = (x-μ)/σ:
 * dx = (g - mean(g) - x̂·mean(g·x̂))/σ for g = dy·γ; dγ = Σ_N dy·x̂; dβ = Σ_N dy.
 */
export function layerNorm(
  x: tf.Tensor2D,
  gamma: Weight<tf.Tensor1D>,
  beta: Weight<tf.Tensor1D>,
  epsilon: number,
): tf.Tensor2D {
  const inputs: tf.Tensor[] = [x];
  if (gamma.trainable) inputs.push(gamma.value);
  if (beta.trainable) inputs.push(beta.value);
  return withGradient(
    inputs,
    (save) => {
      const centred = tf.sub(x, tf.mean(x, -1, true));
      const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
      const normal = tf.mul(centred, inverse);
      save([normal, inverse, gamma.value]);
      return tf.add(tf.mul(normal, gamma.value), beta.value);
    },
    (dy, saved) => {
      const [normal, inverse, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const g = tf.mul(dy, scale);
      const along = tf.mul(normal, tf.mean(tf.mul(g, normal), -1, true));
      const dx = tf.mul(tf.sub(tf.sub(g, tf.mean(g, -1, true)), along), inverse);
      const grads: tf.Tensor[] = [dx];
      if (gamma.trainable) grads.push(tf.sum(tf.mul(dy, normal), 0));
      if (beta.trainable) grads.push(tf.sum(dy, 0));
      return grads;
    },
  ) as tf.Tensor2D;
}

/** Rows of table[V, D] for ids[N]; the gradient adds up rows that share an id. */
export function embedding(table: Weight<tf.Tensor2D>, ids: tf.Tensor1D): tf.Tensor2D {
  if (!table.trainable) return tf.gather(table.value, ids);
  const rows = table.value.shape[0];
  return withGradient(
    [table.value],
    (save) => {
      save([ids]);
      return tf.gather(table.value, ids);
    },
    (dy, saved) => [tf.unsortedSegmentSum(dy, saved[0] as tf.Tensor1D, rows)],
  ) as tf.Tensor2D;
}

/** Mean over rows of -log softmax(logits[N, C])[labels[N]]. Gradient: (softmax - onehot)/N. */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  const [rows, classes] = logits.shape;
  return withGradient(
    [logits],
    (save) => {
      const target = tf.cast(tf.oneHot(labels, classes), 'float32');
      const shifted = tf.sub(logits, tf.max(logits, -1, true));
      const logProbabilities = tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
      save([logProbabilities, target]);
      return tf.neg(tf.mean(tf.sum(tf.mul(logProbabilities, target), -1)));
    },
    (dy, saved) => {
      const [logProbabilities, target] = saved as [tf.Tensor, tf.Tensor];
      return [tf.mul(tf.sub(tf.exp(logProbabilities), target), tf.div(dy, rows))];
    },
  ) as tf.Scalar;
}

/**
 * softmax(q·kᵀ/√d + bias)·v for q, k, v [B, H, T, d] and bias [B, 1, 1, T] (Vaswani et al. 2017).
 * `keep` [B, H, T, T], already scaled by 1/(1-rate), drops attention weights while training.
 */
export function attention(
  q: tf.Tensor4D,
  k: tf.Tensor4D,
  v: tf.Tensor4D,
  bias: tf.Tensor4D,
  keep: tf.Tensor4D | null,
): tf.Tensor4D {
  const scale = 1 / Math.sqrt(q.shape[3]);
  const scores = tf.add(tf.mul(tf.matMul(q, k, false, true), scale), bias);
  const weights = tf.softmax(scores) as tf.Tensor4D;
  return tf.matMul(keep ? tf.mul(weights, keep) : weights, v) as tf.Tensor4D;
}
