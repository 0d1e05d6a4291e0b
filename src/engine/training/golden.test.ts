/** Whole trainings against PyTorch, transformers and peft: reference/golden_training.py and golden_methods.py. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../backend/start';
import { createStepRunner } from '../backend/steps';
import type { Settings } from '../core/fields';
import type { FloatTensor } from '../core/safetensors';
import further from '../golden/methods.json';
import golden from '../golden/training.json';
import { disposeModel, type LoadedModel } from '../model/load';
import { builtInModel, rowsOf, trainingOf, tune, WASM } from '../testing/testModels';
import type { MethodId } from '../tuning/specs';
import { HEAD_BIAS, HEAD_WEIGHT, type TunedModel } from '../tuning/tuned';
import { drain, predictRows, type Rows, readTexts, subsetRows } from './rows';
import { type ScheduleId, scheduleFactor } from './schedule';
import { optimizerFor, trainStep } from './step';

/** Shares of PyTorch's value; measured were at most 3e-6 and 9e-5. Ten times as much is an error in the maths. */
const LOSS = 1e-4;
const NORM = 1e-3;
const CHANGE = 1e-3;
/** Of single weights; measured was at most 7e-8. */
const VALUE = 1e-6;
/** Tokens that make a text long. */
const LONG = 24;

type GoldenRun = (typeof golden.runs)[number];

interface MethodOfRun {
  id: MethodId;
  settings: Settings;
}

const { lora, layerwise_last_layers: layers } = golden;
const LORA: Settings = {
  rank: lora.r,
  alpha: lora.lora_alpha,
  loraDropout: lora.lora_dropout,
  targets: lora.target_modules,
};
const METHODS: Readonly<Record<string, MethodOfRun>> = {
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

let base: LoadedModel;
let rows: Rows;

beforeAll(async () => {
  await startBackend({ choice: 'wasm', wasm: WASM });
  base = builtInModel();
  rows = rowsOf(base, golden.rows, golden.max_length);
});

afterAll(() => disposeModel(base));

/** The start that the golden files' formulas give: the head, the adapters' first matrices, and all from scratch. */
async function startOf(model: TunedModel, fromScratch: boolean): Promise<Map<string, FloatTensor>> {
  const values = await model.read();
  if (fromScratch) for (const [name, { shape }] of values) values.set(name, scratchStart(name, shape));
  const { width } = base.encoder.shape;
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
async function cachedRows(model: TunedModel): Promise<Rows> {
  const level = model.frozenLayers;
  if (level === 0) return rows;
  const whole = level === base.encoder.shape.layers;
  const { pooled, hidden } = await drain(readTexts(model, rows.texts, whole ? null : level));
  return { ...rows, cache: { level, values: (whole ? pooled : hidden) ?? [] } };
}

/**
 * A batch in two parts of similar lengths, which the step weighs into the same gradient at half the padding: the
 * time of this file.
 */
function byLength(batch: readonly number[]): number[][] {
  const isLong = (row: number): boolean => (rows.texts[row]?.ids.length ?? 0) > LONG;
  return [batch.filter(isLong), batch.filter((row) => !isLong(row))].filter((part) => part.length > 0);
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

function difference(a: FloatTensor | undefined, b: FloatTensor | undefined): Float32Array {
  return Float32Array.from(a?.data ?? [], (value, i) => value - (b?.data[i] ?? Number.NaN));
}

/** Differences as shares of the expected values. */
interface Deviations {
  loss: number[];
  norm: number[];
  /** Of the rate at each step. */
  rate: number[];
}

async function train(model: TunedModel, run: GoldenRun): Promise<Deviations> {
  const settings = trainingOf('full', {
    learningRate: run.peak_lr,
    headRatio: 1,
    weightDecay: golden.adamw.weight_decay,
    clipNorm: golden.clip_norm,
    dropout: 0,
  });
  const trained = await cachedRows(model);
  const optimizer = optimizerFor(model, settings.weightDecay, settings.headRatio);
  const found: Deviations = { loss: [], norm: [], rate: [] };
  for (const [step, expected] of run.history.entries()) {
    const factor = scheduleFactor(run.schedule as ScheduleId, step, run.steps, run.warmup_steps);
    const parts = golden.batches.slice(step * run.accumulation, (step + 1) * run.accumulation);
    const { loss, gradientNorm } = await trainStep({
      model,
      optimizer,
      runner: createStepRunner(),
      rows: trained,
      batches: parts.flatMap(byLength),
      settings,
      step,
      factor,
    });
    found.loss.push(Math.abs(loss / expected.loss - 1));
    found.norm.push(Math.abs(gradientNorm / expected.gradient_norm - 1));
    found.rate.push(Math.abs(factor * run.peak_lr - expected.lr));
  }
  optimizer.dispose();
  return found;
}

describe('follows PyTorch', () => {
  test.each([...golden.runs, ...further.runs])('$name', { timeout: 300_000 }, async (run) => {
    const method = METHODS[run.name] as MethodOfRun;
    const model = await tune(base, method.id, {
      settings: method.settings,
      classes: golden.labels.length,
    });
    const start = await startOf(model, method.id === 'scratch');
    model.write(start);
    const trained = [...model.trainable.values()].reduce((sum, { variable }) => sum + variable.size, 0);
    expect(trained).toBe(run.trained_values);

    const deviations = await train(model, run);
    expect(Math.max(...deviations.loss)).toBeLessThan(LOSS);
    expect(Math.max(...deviations.norm)).toBeLessThan(NORM);
    expect(Math.max(...deviations.rate)).toBeLessThan(1e-12);

    const first = subsetRows(rows, golden.batches[0] ?? []);
    const probabilities = await drain(predictRows(model, first));
    const finalLoss =
      probabilities.reduce((sum, row, i) => sum - Math.log(row[first.labels[i] as number] as number), 0) /
      first.labels.length;
    expect(Math.abs(finalLoss / run.final_loss_of_batch_0 - 1)).toBeLessThan(LOSS);

    const end = await model.read();
    for (const { name, indices, values, change_l2 } of run.check) {
      const own = name.replace(/^bert\./, '');
      expect(Math.abs(norm(difference(end.get(own), start.get(own))) / change_l2 - 1)).toBeLessThan(CHANGE);
      indices.forEach((index, i) => {
        const value = end.get(own)?.data[index] ?? Number.NaN;
        expect(Math.abs(value - (values[i] as number))).toBeLessThan(VALUE);
      });
    }
    model.dispose();
  });
});
