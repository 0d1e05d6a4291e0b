/**
 * What the untouched model can do: zero-shot by label descriptions, and a head fitted on its frozen features.
 * The same single reading of all rows also gives the cached prefix that methods with frozen layers train from.
 */

import * as tf from '@tensorflow/tfjs-core';
import { methodDefaults, methodSpec, trainingDefaults } from '../catalog';
import type { RunConfig } from '../core/config';
import type { RunEvent } from '../core/events';
import { random } from '../core/random';
import type { FloatTensor } from '../core/safetensors';
import { describeLabel, SCALE, unitLength, zeroShot } from '../evaluation/zeroShot';
import type { LoadedModel } from '../model/load';
import { drain, hiddenBytes, predictRows, type Rows, readTexts, subsetRows } from '../training/rows';
import { type TrainingSettings, typedSettings } from '../training/settings';
import { createTraining } from '../training/train';
import { loadMethod } from '../tuning/registry';
import { createTuned, HEAD_BIAS, HEAD_WEIGHT, type TunedModel } from '../tuning/tuned';
import { reported } from './phases';
import type { PreparedData } from './prepare';

/** Hidden states beyond this are computed anew each time instead of kept. */
const CACHE_LIMIT_BYTES = 1.5 * 1024 ** 3;

const SPLITS = ['train', 'validation', 'test'] as const;
export type CachedRows = Readonly<Record<(typeof SPLITS)[number], Rows>>;

/** What several runs on the same rows and model share, read once. */
export interface SharedReading {
  data: PreparedData;
  /** Sentence vectors of the untouched model. */
  pooled: CachedRows;
}

export interface BaseReading {
  /** Rows with pooled vectors of the untouched model. */
  pooled: CachedRows;
  /** Rows as the method trains on them: with its frozen prefix where it has one. */
  forMethod: CachedRows;
  /** Why a frozen prefix is not kept, or null. */
  warning: string | null;
}

/** The untouched model with a fresh head. The caller disposes it. */
export async function createProbe(base: LoadedModel, classes: number, seed: number): Promise<TunedModel> {
  return createTuned({
    base,
    method: await loadMethod('head'),
    spec: methodSpec('head'),
    settings: methodDefaults('head'),
    classes,
    seed,
  });
}

/**
 * Reads every row once with the untouched model. `frozenLayers` is the method's frozen prefix. Where the sentence
 * vectors were read before, only a frozen prefix is left to read.
 */
export async function* readBase(
  probe: TunedModel,
  data: PreparedData,
  frozenLayers: number,
  now: () => number,
  known: CachedRows | null = null,
): AsyncGenerator<RunEvent, BaseReading> {
  const { layers, width } = probe.base.encoder.shape;
  const texts = SPLITS.flatMap((name) => data.splits[name].rows.texts);
  const partial = frozenLayers > 0 && frozenLayers < layers;
  const fits = hiddenBytes(texts, width) <= CACHE_LIMIT_BYTES;
  const keep = partial && fits ? frozenLayers : null;
  if (known && keep === null) {
    return {
      pooled: known,
      forMethod: frozenLayers === layers ? known : uncached(data),
      warning: tooLarge(partial, fits),
    };
  }
  const reading = yield* reported(
    'baselines',
    'Reading every row with the untouched model',
    readTexts(probe, texts, keep),
    now,
  );
  let at = 0;
  const pooled = {} as Record<(typeof SPLITS)[number], Rows>;
  const forMethod = {} as Record<(typeof SPLITS)[number], Rows>;
  for (const name of SPLITS) {
    const { rows } = data.splits[name];
    const end = at + rows.texts.length;
    pooled[name] = { ...rows, cache: { level: layers, values: reading.pooled.slice(at, end) } };
    const hidden = reading.hidden?.slice(at, end);
    forMethod[name] =
      frozenLayers === layers
        ? pooled[name]
        : { ...rows, cache: hidden ? { level: frozenLayers, values: hidden } : null };
    at = end;
  }
  return { pooled, forMethod, warning: tooLarge(partial, fits) };
}

function tooLarge(partial: boolean, fits: boolean): string | null {
  return partial && !fits
    ? 'The frozen layers’ results are too large to keep for this many rows; they are computed anew in every pass, which is slower.'
    : null;
}

function uncached({ splits }: PreparedData): CachedRows {
  return { train: splits.train.rows, validation: splits.validation.rows, test: splits.test.rows };
}

/** Sentence vectors [D] of the label descriptions, by class. */
export async function readDescriptions(
  probe: TunedModel,
  classes: readonly string[],
  config: Pick<RunConfig, 'descriptions'>,
  maxLength: number,
): Promise<Float32Array[]> {
  const descriptions = classes.map((label) =>
    probe.base.tokenizer.encode(describeLabel(label, config.descriptions), maxLength),
  );
  return (await drain(readTexts(probe, descriptions, null))).pooled;
}

/** Zero-shot probabilities of pooled rows. */
export function zeroShotRows(rows: readonly Rows[], descriptions: readonly Float32Array[]): number[][][] {
  return rows.map(({ cache }) => zeroShot(cache?.values ?? [], descriptions));
}

/**
 * A classifier that answers as zero-shot does, on the features f that it sees instead of the sentence vectors:
 * weight_c = 20·f_c/|f_c|/m for description c and m the mean of |f_c|, bias 0. For one text all logits are the
 * cosines times one number, 20·|f|/m, so the answer is the closest description's; |f| hardly varies, since f is a
 * squashed vector of unit variance.
 */
export async function describedHead(
  { base }: TunedModel,
  descriptions: readonly Float32Array[],
): Promise<Map<string, FloatTensor>> {
  const { width } = base.encoder.shape;
  const shape = [descriptions.length, width];
  const features = tf.tidy(() =>
    base.encoder.features(
      tf.tensor2d(Float32Array.from(descriptions.flatMap((d) => [...d])), [descriptions.length, width]),
    ),
  );
  const values = (await features.data()) as Float32Array;
  features.dispose();
  const rows = descriptions.map((_, i) => values.subarray(i * width, (i + 1) * width));
  const mean = rows.reduce((sum, row) => sum + Math.hypot(...row), 0) / rows.length;
  const weight = Float32Array.from(
    rows.flatMap((row) => [...unitLength(row)]),
    (value) => (SCALE * value) / mean,
  );
  return new Map([
    [HEAD_WEIGHT, { shape, data: weight }],
    [HEAD_BIAS, { shape: [rows.length], data: new Float32Array(rows.length) }],
  ]);
}

/** Fits the probe's head on pooled rows: the `head` method with its own defaults, best weights kept. */
export async function* fitHead(
  probe: TunedModel,
  pooled: CachedRows,
  seed: number,
  now: () => number,
): AsyncGenerator<RunEvent, { test: number[][]; weights: Map<string, FloatTensor> }> {
  const settings: TrainingSettings = typedSettings({ ...trainingDefaults('head'), seed });
  const training = createTraining({
    model: probe,
    train: pooled.train,
    validation: validationSample(pooled.validation, seed),
    settings,
    now,
  });
  try {
    for await (const event of training.events()) {
      if (event.type === 'check') {
        yield {
          type: 'phase',
          phase: 'baselines',
          done: event.step,
          total: training.plan.totalSteps,
          detail: 'Fitting a head on the frozen model',
        };
      }
    }
    training.takeBest();
    return { test: await drain(predictRows(probe, pooled.test)), weights: await probe.read() };
  } finally {
    training.dispose();
  }
}

/** Rows checked during training; more cost time and tell little more. */
const VALIDATION_ROWS = 600;

/** All validation rows, or a seeded sample of them when there are very many. */
export function validationSample(rows: Rows, seed: number): Rows {
  if (rows.texts.length <= VALIDATION_ROWS) return rows;
  const order = random(seed, 'validation-sample')
    .shuffle(Array.from(rows.labels.keys()))
    .slice(0, VALIDATION_ROWS)
    .sort((a, b) => a - b);
  return subsetRows(rows, order);
}
