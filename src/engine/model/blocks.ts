/** What layers of several families have in common. B texts, T tokens, D width. */
import * as tf from '@tensorflow/tfjs-core';
import {
  type AttentionShape,
  attention,
  type Dropout,
  embedding,
  layerNorm,
  prefixedAttention,
  prepend,
  type Tables,
  type Weight,
} from '../backend/ops';
import type { TokenBatch } from '../text/batches';
import type { Forward, WeightSpec } from './family';

type Texts = Pick<TokenBatch, 'rows' | 'length' | 'ids'>;

/**
 * Embeddings of the texts, [B·T, D], or of a prompt of P and the texts behind it, [B·(P+T), D]. `tablesFrom` gives the
 * tables for `count` tokens of which the first stands at position `first`.
 */
export function embedTexts(
  { virtual }: Forward,
  tablesFrom: (first: number, count: number) => Tables,
  { rows, length, ids }: Texts,
): tf.Tensor2D {
  const count = virtual?.count ?? 0;
  const texts = embedding(tablesFrom(count, length), ids, length);
  if (virtual?.kind !== 'prompt') return texts;
  const tables = { ...tablesFrom(0, count), words: virtual.words };
  return prepend(embedding(tables, tf.range(0, count, 1, 'int32'), count), texts, rows);
}

/** Attention of a layer, over its prefix of keys and values, too, where one was learned. */
export function attend(
  { virtual }: Forward,
  layer: number,
  { mask, ...made }: { q: tf.Tensor2D; k: tf.Tensor2D; v: tf.Tensor2D; mask: tf.Tensor2D },
  sees: Omit<AttentionShape, 'offset'>,
  dropout: Dropout | null,
): tf.Tensor2D {
  const own = virtual?.kind === 'prefix' ? virtual.layers[layer] : undefined;
  return virtual?.kind === 'prefix' && own
    ? prefixedAttention(made, { ...own, mask: virtual.mask }, sees, dropout)
    : attention({ ...made, mask }, sees, dropout);
}

/** Layer norm of x + residual by the weight and bias of this name. */
export function namedNorm(
  forward: Forward,
  name: string,
  epsilon: number,
  x: tf.Tensor2D,
  residual?: tf.Tensor2D,
): tf.Tensor2D {
  return layerNorm(
    x,
    forward.weight(`${name}.weight`) as Weight<tf.Tensor1D>,
    forward.weight(`${name}.bias`) as Weight<tf.Tensor1D>,
    epsilon,
    residual,
  );
}

export function normWeights(module: string, width: number, layer: number): WeightSpec[] {
  return ['weight', 'bias'].map((part) => ({
    name: `${module}.${part}`,
    kind: 'norm',
    shape: [width],
    layer,
  }));
}
