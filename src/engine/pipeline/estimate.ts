/**
 * What a run will cost on this machine: parameters and file size exactly, time from a few measured steps of the
 * very model and method, memory from the tensors that must be alive at once.
 */
import * as tf from '@tensorflow/tfjs-core';
import { methodSpec, validateSettings } from '../catalog';
import { breatheUnlessAborted } from '../core/breathe';
import type { RunConfig } from '../core/config';
import { random } from '../core/random';
import type { Dataset } from '../data/dataset';
import type { LoadedModel } from '../model/load';
import { paddedLength } from '../text/batches';
import type { EncodedText } from '../text/tokenizer';
import { drain, type Rows, readTexts } from '../training/rows';
import { planSteps, type StepPlan, type TrainingSettings, typedSettings } from '../training/settings';
import { gradientsOf } from '../training/step';
import { loadMethod } from '../tuning/registry';
import { frozenPrefix, layerParameters, type MethodSpec, modelParameters } from '../tuning/spec';
import { createTuned, type TunedModel } from '../tuning/tuned';
import type { Ports } from './ports';
import { checkLength, readDataset } from './prepare';

export interface RunEstimate {
  trainableParameters: number;
  totalSteps: number;
  seconds: number | null;
  peakBytes: number;
  exportBytes: number;
  fit: 'fits' | 'tight' | 'does-not-fit';
  basis: string;
}

/** Rows of one timed batch, and texts looked at to know typical lengths. */
const TIMED_ROWS = 8;
const LENGTH_SAMPLE = 300;
/** Loading, tokenizing and reporting, measured on a two-core laptop-class machine. */
const FIXED_SECONDS = 2;
/** A 32-bit WebAssembly heap ends at 4 GiB; tabs are often ended earlier. */
const TIGHT_BYTES = 1.5 * 1024 ** 3;
const TOO_LARGE_BYTES = 3.5 * 1024 ** 3;

interface Speeds {
  /** Milliseconds per padded token. */
  read: number;
  train: number;
}

const measured = new Map<string, Speeds>();

export interface EstimateOptions {
  onProgress(progress: { label: string; done: number; total: number }): void;
  signal: AbortSignal;
  /** False while a run trains on this machine: what is timed beside it is timed wrong. */
  quiet(): Promise<boolean>;
}

/** @throws what the run itself would throw before it trains; the signal's reason when aborted */
export async function estimateRun(
  config: RunConfig,
  ports: Ports,
  { onProgress, signal, quiet }: EstimateOptions,
): Promise<RunEstimate> {
  const pause = (): Promise<void> => breatheUnlessAborted(signal);
  const spec = methodSpec(config.method.id);
  const chosen = validateSettings(config);
  const settings = typedSettings(chosen.training);
  onProgress({ label: 'Loading the model', done: 0, total: 2 });
  const base = await ports.loadModel(config.model.id);
  const virtual = spec.virtualTokens?.(chosen.method) ?? 0;
  checkLength(settings.maxLength, base, virtual);
  await pause();
  const dataset = await readDataset(config, ports);
  await pause();
  const texts = sampleTexts(dataset, base, settings.maxLength);
  const key = JSON.stringify([
    config.model,
    config.method.id,
    chosen.method,
    ports.backend.id,
    settings.maxLength,
  ]);
  onProgress({ label: 'Timing this machine', done: 1, total: 2 });
  let speeds = measured.get(key) ?? null;
  if (!speeds && (await quiet())) {
    const timed = await timeMethod(base, spec, chosen.method, texts, pause);
    // A run may have begun meanwhile, in another tab.
    if (await quiet()) {
      speeds = timed;
      measured.set(key, timed);
    }
  }

  const { shape } = base.encoder;
  const classes = dataset.classes.length;
  const plan = planSteps(settings, dataset.splits.train.length);
  const meanTokens =
    texts.reduce((sum, text) => sum + paddedLength(text.ids.length), 0) / Math.max(1, texts.length);
  const trainable = spec.trainableParameters(shape, chosen.method, classes);
  const prefix = frozenPrefix(spec.parts(shape, chosen.method));
  const read = { ...settings, maxLength: settings.maxLength + virtual };
  const peakBytes = peak(base, read, trainable, prefix, meanTokens * dataset.kept, prefix < shape.layers);
  return {
    trainableParameters: trainable,
    totalSteps: plan.totalSteps,
    seconds: speeds && duration(dataset, plan, settings, speeds, meanTokens, prefix === shape.layers),
    peakBytes,
    exportBytes:
      spec.exports === 'adapter'
        ? 4 * trainable
        : 4 * (modelParameters(shape, classes) + layerParameters(shape)),
    fit: peakBytes < TIGHT_BYTES ? 'fits' : peakBytes < TOO_LARGE_BYTES ? 'tight' : 'does-not-fit',
    basis: speeds
      ? `Measured on this machine (${ports.backend.adapter}): ${(1000 / speeds.read).toFixed(0)} tokens/s reading, ${(1000 / speeds.train).toFixed(0)} tokens/s training. Early stopping may end sooner.`
      : 'Not timed: a run is under way, and beside it everything takes longer. Come back when it has ended.',
  };
}

function sampleTexts(dataset: Dataset, base: LoadedModel, maxLength: number): EncodedText[] {
  const order = random(1, 'estimate').shuffle(Array.from(dataset.examples.keys())).slice(0, LENGTH_SAMPLE);
  return order.map((i) => base.tokenizer.encode(dataset.examples[i]?.text ?? '', maxLength));
}

/** The second of two equal runs is timed: the first compiles and fills caches. */
async function timeMethod(
  base: LoadedModel,
  spec: MethodSpec,
  settings: Parameters<MethodSpec['parts']>[1],
  texts: readonly EncodedText[],
  pause: () => Promise<void>,
): Promise<Speeds> {
  const batch = texts.slice(0, TIMED_ROWS);
  const longest = batch.reduce((most, text) => Math.max(most, text.ids.length), 1);
  const tokens = batch.length * paddedLength(longest);
  const tuned = createTuned({
    base,
    method: await loadMethod(spec.id),
    spec,
    settings,
    classes: 2,
    seed: 0,
  });
  try {
    const { layers } = base.encoder.shape;
    const prefix = tuned.frozenLayers;
    const keep = prefix > 0 && prefix < layers ? prefix : null;
    await drain(readTexts(tuned, batch, keep));
    await pause();
    const started = performance.now();
    const reading = await drain(readTexts(tuned, batch, keep));
    const read = (performance.now() - started) / tokens;
    const cached = prefix === layers ? reading.pooled : reading.hidden;
    const rows: Rows = {
      texts: batch,
      labels: new Int32Array(batch.length),
      cache: cached && { level: prefix, values: cached },
    };
    await pause();
    const train = (await timeGradients(tuned, rows, pause)) / tokens;
    return { read, train };
  } finally {
    tuned.dispose();
  }
}

async function timeGradients(tuned: TunedModel, rows: Rows, pause: () => Promise<void>): Promise<number> {
  const all = Array.from(rows.texts.keys());
  let took = 0;
  for (let round = 0; round < 2; round++) {
    const started = performance.now();
    const { byName, loss } = gradientsOf(tuned, rows, [all], () => null);
    await loss.data();
    tf.dispose([...byName.values(), loss]);
    took = performance.now() - started;
    await pause();
  }
  return took;
}

function duration(
  dataset: Dataset,
  plan: StepPlan,
  settings: TrainingSettings,
  speeds: Speeds,
  meanTokens: number,
  headOnly: boolean,
): number {
  const { train, validation, test } = dataset.splits;
  const trained = train.length * settings.epochs * meanTokens * speeds.train;
  const checks = plan.totalSteps / plan.evaluateEvery;
  const checked = headOnly
    ? 0
    : (checks * Math.min(600, validation.length) + test.length) * meanTokens * speeds.read;
  return FIXED_SECONDS + (dataset.kept * meanTokens * speeds.read + trained + checked) / 1000;
}

/** Base + (weights, gradients, two moments, best copy) of what trains + activations of one batch + kept prefix. */
function peak(
  base: LoadedModel,
  settings: TrainingSettings,
  trainable: number,
  prefix: number,
  allTokens: number,
  trainsLayers: boolean,
): number {
  const { layers, width, feedForward, heads } = base.encoder.shape;
  const batchTokens = settings.batchSize * settings.maxLength;
  // Kept for the gradient, per token and layer: about sixteen widths, five feed-forward widths, three rows of scores.
  const perToken = 16 * width + 5 * feedForward + 3 * heads * settings.maxLength;
  const activations = trainsLayers ? (layers - prefix) * batchTokens * perToken : 0;
  const kept = prefix > 0 && prefix < layers ? allTokens * width : 0;
  return 4 * (2 * base.parameters + 6 * trainable + activations + kept);
}
