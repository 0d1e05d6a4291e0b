/**
 * Rows grouped into batches of similar length, padded to a multiple of eight tokens: padding is the largest
 * waste in short-text classification, and few distinct shapes keep kernels warm.
 */
import * as tf from '@tensorflow/tfjs-core';
import { random } from '../core/random';
import type { EncodedText } from './tokenizer';

/** Batches drawn together before sorting by length: enough to cut padding, few enough to stay random. */
const WINDOW_BATCHES = 12;
const LENGTH_STEP = 8;

/** Ids and mask of B rows padded to T tokens. The caller disposes it. */
export interface TokenBatch {
  rows: number;
  length: number;
  /** [B·T] */
  ids: tf.Tensor1D;
  /** [B, T], 1 for a token and 0 for padding. */
  mask: tf.Tensor2D;
  /** Real tokens, padding excluded. */
  tokens: number;
}

export function paddedLength(longest: number): number {
  return Math.max(LENGTH_STEP, Math.ceil(longest / LENGTH_STEP) * LENGTH_STEP);
}

/** A batch as plain arrays. */
export interface PaddedTexts extends Pick<TokenBatch, 'rows' | 'length' | 'tokens'> {
  ids: Int32Array;
  mask: Float32Array;
}

export function padTexts(texts: readonly EncodedText[], padId: number): PaddedTexts {
  const longest = texts.reduce((most, text) => Math.max(most, text.ids.length), 1);
  const length = paddedLength(longest);
  const ids = new Int32Array(texts.length * length).fill(padId);
  const mask = new Float32Array(texts.length * length);
  let tokens = 0;
  texts.forEach((text, row) => {
    ids.set(text.ids, row * length);
    // A text without any token, as a decoder may read an empty one, is read as one of padding.
    mask.fill(1, row * length, row * length + Math.max(1, text.ids.length));
    tokens += text.ids.length;
  });
  return { rows: texts.length, length, tokens, ids, mask };
}

/** Pads the given rows into one batch. */
export function makeBatch(texts: readonly EncodedText[], padId: number): TokenBatch {
  const { ids, mask, ...shape } = padTexts(texts, padId);
  return {
    ...shape,
    ids: tf.tensor1d(ids, 'int32'),
    mask: tf.tensor2d(mask, [shape.rows, shape.length]),
  };
}

export function disposeBatch(batch: TokenBatch): void {
  tf.dispose([batch.ids, batch.mask]);
}

/** One epoch's batches: a seeded shuffle, sorted by length within windows, and the batches shuffled again. */
export function epochBatches(
  lengths: ArrayLike<number>,
  batchSize: number,
  seed: number,
  epoch: number,
): number[][] {
  const rng = random(seed, `epoch/${epoch}`);
  const order = rng.shuffle(Array.from({ length: lengths.length }, (_, i) => i));
  const batches: number[][] = [];
  const window = batchSize * WINDOW_BATCHES;
  for (let start = 0; start < order.length; start += window) {
    const slice = order.slice(start, start + window);
    slice.sort((a, b) => (lengths[a] as number) - (lengths[b] as number) || a - b);
    for (let at = 0; at < slice.length; at += batchSize) batches.push(slice.slice(at, at + batchSize));
  }
  return rng.shuffle(batches);
}

/** Batches for reading every row once, shortest first; order within the result is by original index. */
export function readingBatches(lengths: ArrayLike<number>, tokensPerBatch: number): number[][] {
  const order = Array.from({ length: lengths.length }, (_, i) => i);
  order.sort((a, b) => (lengths[a] as number) - (lengths[b] as number) || a - b);
  const batches: number[][] = [];
  let current: number[] = [];
  for (const row of order) {
    const padded = paddedLength(lengths[row] as number);
    if (current.length > 0 && (current.length + 1) * padded > tokensPerBatch) {
      batches.push(current);
      current = [];
    }
    current.push(row);
  }
  if (current.length > 0) batches.push(current);
  return batches;
}
