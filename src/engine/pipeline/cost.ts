/** A run before it begins: what it would read and train on, and how long that takes at given speeds. */
import { methodSpec, validateSettings } from '../catalog';
import type { RunConfig } from '../core/config';
import { random } from '../core/random';
import type { Dataset } from '../data/dataset';
import { paddedLength } from '../text/batches';
import type { EncodedText } from '../text/tokenizer';
import { planSteps, type StepPlan, typedSettings } from '../training/settings';
import { frozenPrefix } from '../tuning/spec';
import type { Ports } from './ports';
import { checkLength, readDataset } from './prepare';
import type { Speeds, TrialRun } from './trial';

export interface Prospect extends TrialRun {
  dataset: Dataset;
  plan: StepPlan;
  /** A seeded sample, to know typical lengths. */
  texts: readonly EncodedText[];
  /** The longest batch that training may meet, longest first. */
  longest: readonly EncodedText[];
  /** Padded, of a text. */
  meanTokens: number;
  /** Layers whose output is kept: all of them when only the classifier moves. */
  prefix: number;
}

const LENGTH_SAMPLE = 300;
/** Loading, tokenizing and reporting, measured on a two-core laptop-class machine. */
const FIXED_SECONDS = 2;
/** Padded tokens of a timed batch: a larger one takes seconds a step on a slow machine, and tells no more. */
const TIMED_TOKENS = 2048;
/** Validation rows of a check, at most. */
const CHECKED_ROWS = 600;

/** @throws what the run itself would throw before it trains */
export async function prospectOf(
  config: RunConfig,
  ports: Pick<Ports, 'loadModel' | 'readTable'>,
  pause: () => Promise<void>,
): Promise<Prospect> {
  const spec = methodSpec(config.method.id);
  const chosen = validateSettings(config);
  const settings = typedSettings(chosen.training);
  const base = await ports.loadModel(config.model.id);
  checkLength(settings.maxLength, base, spec.virtualTokens?.(chosen.method));
  await pause();
  const dataset = await readDataset(config, ports);
  await pause();
  const order = random(1, 'estimate').shuffle(Array.from(dataset.examples.keys())).slice(0, LENGTH_SAMPLE);
  const encode = (i: number): EncodedText =>
    base.tokenizer.encode(dataset.examples[i]?.text ?? '', settings.maxLength);
  const texts = order.map(encode);
  const padded = texts.reduce((sum, text) => sum + paddedLength(text.ids.length), 0);
  return {
    base,
    spec,
    method: chosen.method,
    settings,
    classes: dataset.classes.length,
    dataset,
    plan: planSteps(settings, dataset.splits.train.length),
    texts,
    longest: longestBatch(dataset, encode, settings.batchSize),
    meanTokens: padded / Math.max(1, texts.length),
    prefix: frozenPrefix(spec.parts(base.encoder.shape, chosen.method)),
  };
}

/** Texts of many characters are those of many tokens, near enough to look among twice as many as are wanted. */
function longestBatch(
  dataset: Dataset,
  encode: (example: number) => EncodedText,
  rows: number,
): EncodedText[] {
  const lengthOf = (i: number): number => dataset.examples[i]?.text.length ?? 0;
  const candidates = [...dataset.splits.train].sort((a, b) => lengthOf(b) - lengthOf(a)).slice(0, 2 * rows);
  return candidates
    .map(encode)
    .sort((a, b) => b.ids.length - a.ids.length)
    .slice(0, rows);
}

/** Texts of a batch as they come: all of them, or as many as are enough to know what a token costs. */
export function typicalBatch({ texts, settings }: Prospect): readonly EncodedText[] {
  const batch = texts.slice(0, settings.batchSize);
  const length = batch.reduce((most, { ids }) => Math.max(most, paddedLength(ids.length)), 1);
  return batch.slice(0, Math.max(1, Math.floor(TIMED_TOKENS / length)));
}

/** How many times as long as a step on the typical batch a step of the run takes. */
export function stepShare(run: Prospect): number {
  const { batchSize, accumulation } = run.settings;
  const rows = Math.min(batchSize * accumulation, run.dataset.splits.train.length);
  return rows / typicalBatch(run).length;
}

/** Seconds of the whole run. */
export function durationOf(run: Prospect, speeds: Speeds): number {
  const { dataset, meanTokens, plan, settings } = run;
  const { train, validation, test } = dataset.splits;
  const trained = train.length * settings.epochs * meanTokens * speeds.train;
  const checks = plan.totalSteps / plan.evaluateEvery;
  const headOnly = run.prefix === run.base.encoder.shape.layers;
  const checked = headOnly
    ? 0
    : (checks * Math.min(CHECKED_ROWS, validation.length) + test.length) * meanTokens * speeds.read;
  return FIXED_SECONDS + (dataset.kept * meanTokens * speeds.read + trained + checked) / 1000;
}
