/** PyTorch's trainings of golden/training.json, repeated by the engine: reference/golden_training.py. */
import { createStepRunner } from '../backend/steps';
import type { Settings } from '../core/fields';
import type { FloatTensor } from '../core/safetensors';
import further from '../golden/methods.json';
import golden from '../golden/training.json';
import type { LoadedModel } from '../model/load';
import { drain, type Rows, readTexts } from '../training/rows';
import { type ScheduleId, scheduleFactor } from '../training/schedule';
import { optimizerFor, trainStep } from '../training/step';
import type { MethodId } from '../tuning/specs';
import { HEAD_BIAS, HEAD_WEIGHT, type TunedModel } from '../tuning/tuned';
import { trainingOf, tune } from './testModels';

export type GoldenRun = (typeof golden.runs)[number] | (typeof further.runs)[number];

const { lora, layerwise_last_layers: layers } = golden;
const LORA: Settings = {
  rank: lora.r,
  alpha: lora.lora_alpha,
  loraDropout: lora.lora_dropout,
  targets: lora.target_modules,
};
const METHODS: Readonly<Record<string, { id: MethodId; settings: Settings }>> = {
  full: { id: 'full', settings: {} },
  layerwise: { id: 'layerwise', settings: { layers } },
  lora: { id: 'lora', settings: LORA },
  head_cosine: { id: 'head', settings: {} },
  full_accumulation_2: { id: 'full', settings: {} },
  dora: { id: 'dora', settings: LORA },
  ia3: { id: 'ia3', settings: {} },
  bitfit: { id: 'bitfit', settings: {} },
  adapter: { id: 'adapter', settings: { size: further.bottleneck } },
  scratch: { id: 'scratch', settings: {} },
};

/** The run's model at its start. The caller disposes it. */
export async function startOf(
  base: LoadedModel,
  run: GoldenRun,
  classes: number,
): Promise<{ model: TunedModel; start: Map<string, FloatTensor> }> {
  const { id, settings } = METHODS[run.name] as (typeof METHODS)[string];
  const model = await tune(base, id, { settings, classes });
  const start = await startingValues(model, id === 'scratch');
  model.write(start);
  return { model, start };
}

/** What the golden files' formulas give: the head, the adapters' first matrices, and all from scratch. */
async function startingValues(model: TunedModel, fromScratch: boolean): Promise<Map<string, FloatTensor>> {
  const values = await model.read();
  if (fromScratch) for (const [name, { shape }] of values) values.set(name, scratchStart(name, shape));
  const { width } = model.base.encoder.shape;
  const head = Float32Array.from(
    { length: model.classes * width },
    (_, at) => 0.02 * Math.sin(7 * Math.floor(at / width) + 3 * (at % width) + 1),
  );
  values.set(HEAD_WEIGHT, { shape: [model.classes, width], data: head });
  values.set(HEAD_BIAS, { shape: [model.classes], data: new Float32Array(model.classes) });
  for (const [name, { shape }] of values) {
    const found =
      /layer\.(\d+)\.(?:attention\.self\.(query|value)\.lora_A|output\.dense\.adapter_down)\.weight/.exec(
        name,
      );
    if (!found) continue;
    const [rank = 0, inputs = 0] = shape;
    const offset = 7 * Number(found[1]) + 3 * Number(found[2] === 'value');
    const data = Float32Array.from(
      { length: rank * inputs },
      (_, at) => Math.sin(131 * Math.floor(at / inputs) + 17 * (at % inputs) + offset) / Math.sqrt(inputs),
    );
    values.set(name, { shape, data });
  }
  return values;
}

function scratchStart(name: string, shape: readonly number[]): FloatTensor {
  const length = shape.reduce((product, side) => product * side, 1);
  const isMatrix = shape.length > 1;
  const value = isMatrix
    ? (at: number) => 0.02 * Math.SQRT2 * Math.sin(((at * at) % 10_007) + name.length)
    : () => Number(name.endsWith('.weight'));
  return { shape, data: Float32Array.from({ length }, (_, at) => value(at)) };
}

/** Rows as the pipeline trains this method on them: with the frozen layers' output where there is one. */
async function cachedRows(model: TunedModel, rows: Rows): Promise<Rows> {
  const level = model.frozenLayers;
  if (level === 0) return rows;
  const whole = level === model.base.encoder.shape.layers;
  const { pooled, hidden } = await drain(readTexts(model, rows.texts, whole ? null : level));
  return { ...rows, cache: { level, values: (whole ? pooled : hidden) ?? [] } };
}

export interface Trajectory {
  loss: number[];
  gradientNorm: number[];
  rate: number[];
}

/** Takes the run's steps, each over the batches that `batchesOf` gives for it, after `before`. */
export async function follow(
  model: TunedModel,
  run: GoldenRun,
  rows: Rows,
  batchesOf: (step: number) => number[][],
  { record = true, before }: { record?: boolean; before?: (step: number) => void } = {},
): Promise<Trajectory> {
  const settings = trainingOf('full', {
    learningRate: run.peak_lr,
    headRatio: 1,
    weightDecay: golden.adamw.weight_decay,
    clipNorm: golden.clip_norm,
    dropout: 0,
  });
  const trained = await cachedRows(model, rows);
  const optimizer = optimizerFor(model, settings.weightDecay, settings.headRatio);
  const runner = createStepRunner({ record });
  const taken: Trajectory = { loss: [], gradientNorm: [], rate: [] };
  for (let step = 0; step < run.steps; step++) {
    const factor = scheduleFactor(run.schedule as ScheduleId, step, run.steps, run.warmup_steps);
    const options = { model, optimizer, runner, rows: trained, settings, step, factor };
    before?.(step);
    const { loss, gradientNorm } = await trainStep({ ...options, batches: batchesOf(step) });
    taken.loss.push(loss);
    taken.gradientNorm.push(gradientNorm);
    taken.rate.push(factor * run.peak_lr);
  }
  runner.dispose();
  optimizer.dispose();
  return taken;
}

/** The largest differences from PyTorch. */
export interface Deviation {
  /** Of losses, of gradient norms and of whole tensors' changes, as shares of PyTorch's. */
  loss: number;
  norm: number;
  change: number;
  rate: number;
  /** Of single weights at the end. */
  value: number;
}

export function deviationOf(
  run: GoldenRun,
  taken: Trajectory,
  start: ReadonlyMap<string, FloatTensor>,
  end: ReadonlyMap<string, FloatTensor>,
): Deviation {
  const share = (found: number | undefined, expected: number): number =>
    Math.abs((found ?? Number.NaN) / expected - 1);
  const checked = run.check.map(({ name, ...expected }) => {
    const own = name.replace(/^bert\./, '');
    const [before, after] = [start, end].map((values) => values.get(own)?.data ?? new Float32Array()) as [
      Float32Array,
      Float32Array,
    ];
    const moved = after.reduce((sum, value, i) => sum + (value - (before[i] ?? Number.NaN)) ** 2, 0);
    return {
      change: share(Math.sqrt(moved), expected.change_l2),
      value: Math.max(
        ...expected.indices.map((at, i) =>
          Math.abs((after[at] ?? Number.NaN) - (expected.values[i] ?? Number.NaN)),
        ),
      ),
    };
  });
  return {
    loss: Math.max(...run.history.map(({ loss }, step) => share(taken.loss[step], loss))),
    norm: Math.max(
      ...run.history.map(({ gradient_norm }, step) => share(taken.gradientNorm[step], gradient_norm)),
    ),
    rate: Math.max(...run.history.map(({ lr }, step) => Math.abs((taken.rate[step] ?? Number.NaN) - lr))),
    change: Math.max(...checked.map(({ change }) => change)),
    value: Math.max(...checked.map(({ value }) => value)),
  };
}
