/** Attention and its gradient in TensorFlow.js operations: see plain.ts. */
import * as tf from '@tensorflow/tfjs-core';
import { attentionSizes } from './attentionSizes';
import { type AttentionAttrs, type FusedKernels, type KernelCall, MASKED } from './contract';
import { keepMask } from './dropoutHash';

/** [B·T, H·d] → [B, H, T, d] and back. */
function split(x: tf.Tensor, rows: number, size: number): tf.Tensor4D {
  const [tokens, width] = x.shape as [number, number];
  return tf.transpose(tf.reshape(x, [rows, tokens / rows, width / size, size]), [0, 2, 1, 3]) as tf.Tensor4D;
}
function join(x: tf.Tensor): tf.Tensor {
  const [rows, heads, length, size] = x.shape as [number, number, number, number];
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [rows * length, heads * size]);
}

/** Each head of k or v, [B, G, K, d], for every query head of its group: [B, H, K, d]. */
function repeated(x: tf.Tensor4D, heads: number): tf.Tensor {
  const [rows, kvHeads, keys, size] = x.shape;
  if (kvHeads === heads) return x;
  const all = tf.tile(tf.reshape(x, [rows, kvHeads, 1, keys, size]), [1, 1, heads / kvHeads, 1, 1]);
  return tf.reshape(all, [rows, heads, keys, size]);
}
/** The gradient of the above. */
function summed(x: tf.Tensor, kvHeads: number): tf.Tensor {
  const [rows, heads, keys, size] = x.shape as [number, number, number, number];
  if (kvHeads === heads) return x;
  return tf.sum(tf.reshape(x, [rows, kvHeads, heads / kvHeads, keys, size]), 2);
}

/** 1 where a query sees a key: [B, 1, T, K]. */
function seen(mask: tf.Tensor, { rows, length, offset, before, after }: AttentionAttrs): tf.Tensor {
  const keys = mask.shape[1] as number;
  const window = Array.from({ length: length * keys }, (_, i) => {
    const distance = (i % keys) - offset - Math.floor(i / keys);
    return Number(-before <= distance && distance <= after);
  });
  const open = tf.cast(tf.notEqual(mask, 0), 'float32');
  return tf.mul(tf.reshape(open, [rows, 1, 1, keys]), tf.tensor(window, [1, 1, length, keys]));
}

interface Scores {
  probabilities: tf.Tensor;
  lse: tf.Tensor;
  keep: tf.Tensor | null;
  scale: number;
}

function scoresOf(
  { q, k, mask, seed }: { q: tf.Tensor; k: tf.Tensor; mask: tf.Tensor; seed?: tf.Tensor | undefined },
  attrs: AttentionAttrs,
): Scores {
  const { rows, length, heads } = attrs;
  const { size, keys } = attentionSizes({ q, k, mask }, attrs);
  const scale = 1 / Math.sqrt(size);
  const open = seen(mask, attrs);
  const raw = tf.mul(
    tf.matMul(split(q, rows, size), repeated(split(k, rows, size), heads), false, true),
    scale,
  );
  const isOpen = tf.cast(tf.broadcastTo(open, raw.shape), 'bool');
  const scores = tf.where(isOpen, raw, tf.fill(raw.shape, MASKED));
  const top = tf.max(scores, -1, true);
  const raised = tf.mul(tf.exp(tf.sub(scores, top)), open);
  const total = tf.sum(raised, -1, true);
  const answered = tf.greater(total, 0);
  const divisor = tf.where(answered, total, tf.onesLike(total));
  const lse = tf.where(answered, tf.add(top, tf.log(divisor)), tf.zerosLike(top));
  return {
    probabilities: tf.div(raised, divisor),
    lse: tf.reshape(lse, [rows, heads, length]),
    keep: keepMask([rows, heads, length, keys], seed, attrs),
    scale,
  };
}

const dropped = (x: tf.Tensor, keep: tf.Tensor | null): tf.Tensor => (keep ? tf.mul(x, keep) : x);

type Outputs<K extends 'HoneAttention' | 'HoneAttentionGrad'> = FusedKernels[K]['outputs'];

export function plainAttention({ inputs, attrs }: KernelCall<'HoneAttention'>): Outputs<'HoneAttention'> {
  const { probabilities, lse, keep } = scoresOf(inputs, attrs);
  const { size } = attentionSizes(inputs, attrs);
  const v = repeated(split(inputs.v, attrs.rows, size), attrs.heads);
  return [join(tf.matMul(dropped(probabilities, keep), v)), lse];
}

export function plainAttentionGrad({
  inputs,
  attrs,
}: KernelCall<'HoneAttentionGrad'>): Outputs<'HoneAttentionGrad'> {
  const { probabilities, keep, scale } = scoresOf(inputs, attrs);
  const { size, kvHeads } = attentionSizes(inputs, attrs);
  const part = (x: tf.Tensor): tf.Tensor4D => split(x, attrs.rows, size);
  const [q, dout] = [part(inputs.q), part(inputs.dout)];
  const dv = tf.matMul(dropped(probabilities, keep), dout, true);
  const dp = dropped(tf.matMul(dout, repeated(part(inputs.v), attrs.heads), false, true), keep);
  const along = tf.sum(tf.mul(dp, probabilities), -1, true);
  const ds = tf.mul(tf.mul(probabilities, tf.sub(dp, along)), scale);
  const dq = tf.matMul(ds, repeated(part(inputs.k), attrs.heads));
  const dk = tf.matMul(ds, q, true);
  return [join(dq), join(summed(dk, kvHeads)), join(summed(dv, kvHeads))];
}
