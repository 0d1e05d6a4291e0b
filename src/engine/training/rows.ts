/**
 * Tokenized rows with, where a method leaves the lower layers alone, what those layers said about each row:
 * computed once, kept, and fed back in place of the tokens. D width, L layers.
 */
import * as tf from '@tensorflow/tfjs-core';
import { breathe } from '../core/breathe';
import { disposeBatch, makeBatch, readingBatches, type TokenBatch } from '../text/batches';
import type { EncodedText } from '../text/tokenizer';
import type { TrainingPass } from '../tuning/dropout';
import type { TunedModel } from '../tuning/tuned';

/** Padded tokens read at once: large enough for fast products, small enough for the attention's memory. */
export const READING_TOKENS = 1024;

/** Output of the first `level` layers for every row; level = L means pooled vectors. */
export interface RowCache {
  level: number;
  /** level < L: one [tokens × D] array a row. level = L: one [D] array a row. */
  values: readonly Float32Array[];
}

export interface Rows {
  texts: readonly EncodedText[];
  /** Class index a row. */
  labels: Int32Array;
  cache: RowCache | null;
}

export interface Reading {
  /** Sentence vectors [D], by row. */
  pooled: Float32Array[];
  /** Hidden states after `keepLevel` layers, or null when not asked for. */
  hidden: Float32Array[] | null;
}

/** Rows finished of all; generators yield it so that the caller can show, pause and cancel. */
export interface RowProgress {
  done: number;
  total: number;
}

/** Some of the rows, in the given order, with what is cached of them. */
export function subsetRows(rows: Rows, indices: readonly number[]): Rows {
  const pick = <T>(values: readonly T[]): T[] => indices.map((i) => values[i] as T);
  return {
    texts: pick(rows.texts),
    labels: Int32Array.from(indices, (i) => rows.labels[i] as number),
    cache: rows.cache && { level: rows.cache.level, values: pick(rows.cache.values) },
  };
}

/** Bytes that hidden states of these texts take. */
export function hiddenBytes(texts: readonly EncodedText[], width: number): number {
  return texts.reduce((sum, text) => sum + text.ids.length, 0) * width * 4;
}

/** Reads every text once with the model as it is (no dropout). */
export async function* readTexts(
  model: TunedModel,
  texts: readonly EncodedText[],
  keepLevel: number | null,
): AsyncGenerator<RowProgress, Reading> {
  const { layers, width } = model.base.encoder.shape;
  const pooled = new Array<Float32Array>(texts.length);
  const hidden = keepLevel === null ? null : new Array<Float32Array>(texts.length);
  let done = 0;
  for (const indices of readingBatches(
    texts.map((text) => text.ids.length),
    READING_TOKENS,
  )) {
    const batch = makeBatch(
      indices.map((i) => texts[i] as EncodedText),
      model.base.tokenizer.padding.id,
    );
    const level = keepLevel ?? 0;
    const [middle, vectors] = tf.tidy(() => {
      const low = model.encode(batch, { from: 0, to: level }, null);
      const top = model.encode(batch, { from: level, to: layers, hidden: low }, null);
      return [low, model.pool(top, batch)] as const;
    });
    const flat = await vectors.data();
    indices.forEach((row, at) => {
      pooled[row] = (flat as Float32Array).slice(at * width, (at + 1) * width);
    });
    if (hidden) {
      const states = (await middle.data()) as Float32Array;
      indices.forEach((row, at) => {
        const start = at * batch.length * width;
        hidden[row] = states.slice(start, start + (texts[row] as EncodedText).ids.length * width);
      });
    }
    tf.dispose([middle, vectors]);
    disposeBatch(batch);
    done += indices.length;
    yield { done, total: texts.length };
  }
  return { pooled, hidden };
}

/** What is kept of some rows, as one array: hidden states [B·T, D], or pooled vectors [B, D] at the last level. */
export interface CachedStates {
  level: number;
  shape: readonly [rows: number, width: number];
  values: Float32Array;
}

/** Padding, which the mask hides, is zeros. */
export function cachedStates(
  model: TunedModel,
  cache: RowCache,
  indices: readonly number[],
  length: number,
): CachedStates {
  const { layers, width } = model.base.encoder.shape;
  const each = cache.level === layers ? 1 : length;
  const values = new Float32Array(indices.length * each * width);
  indices.forEach((row, at) => {
    values.set(cache.values[row] as Float32Array, at * each * width);
  });
  return { level: cache.level, shape: [indices.length * each, width], values };
}

/** What the model reads of a batch: its tokens, or what is kept of it. */
export interface ModelInput {
  batch: TokenBatch;
  kept: { level: number; states: tf.Tensor2D } | null;
}

/** Logits [B, C] of a batch, inside the caller's tidy. */
export function logitsOfBatch(
  model: TunedModel,
  { batch, kept }: ModelInput,
  pass: TrainingPass | null,
): tf.Tensor2D {
  const { layers } = model.base.encoder.shape;
  if (kept?.level === layers) return model.classify(kept.states, pass);
  const start = kept ? { from: kept.level, hidden: kept.states } : { from: 0 };
  const hidden = model.encode(batch, { ...start, to: layers }, pass);
  return model.classify(model.pool(hidden, batch), pass);
}

/** Logits [B, C] of some rows, inside the caller's tidy. */
export function logitsOf(
  model: TunedModel,
  rows: Rows,
  indices: readonly number[],
  batch: TokenBatch,
  pass: TrainingPass | null,
): tf.Tensor2D {
  const cached = rows.cache && cachedStates(model, rows.cache, indices, batch.length);
  const kept = cached && { level: cached.level, states: tf.tensor2d(cached.values, [...cached.shape]) };
  return logitsOfBatch(model, { batch, kept }, pass);
}

/** Tokens of some rows as one batch; the caller disposes it. */
export function batchOf(model: TunedModel, rows: Rows, indices: readonly number[]): TokenBatch {
  return makeBatch(
    indices.map((i) => rows.texts[i] as EncodedText),
    model.base.tokenizer.padding.id,
  );
}

/** Class probabilities of every row, by row. */
export async function* predictRows(model: TunedModel, rows: Rows): AsyncGenerator<RowProgress, number[][]> {
  const result = new Array<number[]>(rows.texts.length);
  let done = 0;
  for (const indices of readingBatches(
    rows.texts.map((text) => text.ids.length),
    READING_TOKENS,
  )) {
    const batch = batchOf(model, rows, indices);
    const probabilities = tf.tidy(() => tf.softmax(logitsOf(model, rows, indices, batch, null)));
    const flat = await probabilities.data();
    indices.forEach((row, at) => {
      result[row] = Array.from(flat.subarray(at * model.classes, (at + 1) * model.classes));
    });
    probabilities.dispose();
    disposeBatch(batch);
    done += indices.length;
    yield { done, total: rows.texts.length };
  }
  return result;
}

const TIMED_ROWS = 15;

/**
 * Median milliseconds from one row's tokens to its probabilities, alone, as a live service would ask. Each row
 * is asked twice, for the first time may compile.
 */
export async function timeRows(
  model: TunedModel,
  { texts, labels }: Rows,
  now: () => number,
): Promise<number> {
  const times: number[] = [];
  const every = Math.max(1, Math.floor(texts.length / TIMED_ROWS));
  for (let row = 0; row < texts.length && times.length < TIMED_ROWS; row += every) {
    const one = subsetRows({ texts, labels, cache: null }, [row]);
    await drain(predictRows(model, one));
    const started = now();
    await drain(predictRows(model, one));
    times.push(now() - started);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

/** Runs a generator to its end for its result alone, letting messages in between. */
export async function drain<T>(generator: AsyncGenerator<unknown, T>): Promise<T> {
  for (;;) {
    const { done, value } = await generator.next();
    if (done) return value;
    await breathe();
  }
}
