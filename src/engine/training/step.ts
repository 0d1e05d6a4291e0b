/** One optimizer step: gradients over one or several batches, clipped, applied. */
import * as tf from '@tensorflow/tfjs-core';
import { crossEntropy } from '../backend/ops';
import { type PlannedMemory, type StepInput, type StepRunner, toTensors } from '../backend/steps';
import { padTexts } from '../text/batches';
import type { EncodedText } from '../text/tokenizer';
import { passSeedValue, type TrainingPass } from '../tuning/dropout';
import type { TunedModel } from '../tuning/tuned';
import { type AdamW, clipping, createAdamW, hyperparameters } from './optimizer';
import { cachedStates, logitsOfBatch, type ModelInput, type Rows } from './rows';
import type { TrainingSettings } from './settings';

export interface StepResult {
  /** Mean cross-entropy over the step's rows. */
  loss: number;
  /** Global gradient norm before clipping. */
  gradientNorm: number;
  tokens: number;
}

interface Gradients {
  byName: Map<string, tf.Tensor>;
  /** Σ over batches of loss × share of rows. */
  loss: tf.Scalar;
}

/** `headRatio`: how many times as large the classifier's steps are. */
export function optimizerFor(model: TunedModel, weightDecay: number, headRatio: number): AdamW {
  return createAdamW(
    new Map(
      [...model.trainable].map(([name, { variable, kind, head }]) => [
        name,
        {
          variable,
          decay: kind === 'linear' || kind === 'embedding' ? weightDecay : 0,
          rateScale: head ? headRatio : 1,
        },
      ]),
    ),
  );
}

/** A batch with its labels, on the back end. */
interface LabelledBatch extends ModelInput {
  labels: tf.Tensor1D;
}

/** A batch with its labels as arrays, by the names under which `tensorsOf` finds them again. */
interface BatchValues {
  shape: { rows: number; length: number; tokens: number; level: number | null };
  inputs: Record<string, StepInput>;
}

function valuesOf(model: TunedModel, rows: Rows, indices: readonly number[], at: number): BatchValues {
  const texts = indices.map((i) => rows.texts[i] as EncodedText);
  const { ids, mask, ...padded } = padTexts(texts, model.base.tokenizer.padding.id);
  const cached = rows.cache && cachedStates(model, rows.cache, indices, padded.length);
  const labels = Int32Array.from(indices, (i) => rows.labels[i] as number);
  return {
    shape: { ...padded, level: cached?.level ?? null },
    inputs: {
      [`ids${at}`]: { shape: [ids.length], values: ids },
      [`mask${at}`]: { shape: [padded.rows, padded.length], values: mask },
      [`labels${at}`]: { shape: [labels.length], values: labels },
      ...(cached ? { [`states${at}`]: { shape: cached.shape, values: cached.values } } : {}),
    },
  };
}

const inputsOf = (values: readonly BatchValues[]): Record<string, StepInput> =>
  Object.assign({}, ...values.map(({ inputs }) => inputs));

function tensorsOf({ shape }: BatchValues, at: number, given: Record<string, tf.Tensor>): LabelledBatch {
  const { level, ...padded } = shape;
  const batch = { ...padded, ids: given[`ids${at}`] as tf.Tensor1D, mask: given[`mask${at}`] as tf.Tensor2D };
  const kept = level === null ? null : { level, states: given[`states${at}`] as tf.Tensor2D };
  return { batch, kept, labels: given[`labels${at}`] as tf.Tensor1D };
}

/**
 * Gradient of the mean loss over all rows of `batches`, each weighted by its rows, so that accumulation equals
 * one large batch. The caller disposes the gradients and the loss.
 */
export function gradientsOf(
  model: TunedModel,
  rows: Rows,
  batches: readonly (readonly number[])[],
  pass: (batch: number) => TrainingPass | null,
): Gradients {
  const values = batches.map((indices, at) => valuesOf(model, rows, indices, at));
  const given = toTensors(inputsOf(values));
  const gradients = gradientsOn(model, values, given, pass);
  tf.dispose(given);
  return gradients;
}

function gradientsOn(
  model: TunedModel,
  values: readonly BatchValues[],
  given: Record<string, tf.Tensor>,
  pass: (batch: number) => TrainingPass | null,
): Gradients {
  const names = new Map([...model.trainable].map(([name, { variable }]) => [variable.name, name]));
  const variables = [...model.trainable.values()].map(({ variable }) => variable);
  const total = values.reduce((sum, { shape }) => sum + shape.rows, 0);
  const gradients: Gradients[] = values.map((each, at) => {
    const input = tensorsOf(each, at, given);
    const { value, grads } = tf.variableGrads(() => {
      const loss = crossEntropy(logitsOfBatch(model, input, pass(at)), input.labels);
      return values.length === 1 ? loss : (tf.mul(loss, each.shape.rows / total) as tf.Scalar);
    }, variables);
    return {
      byName: new Map(
        Object.entries(grads).map(([variable, gradient]) => [names.get(variable) as string, gradient]),
      ),
      loss: value,
    };
  });
  return gradients.reduce(summed);
}

/** Adds up two batches' losses and gradients, and frees them. */
function summed(before: Gradients, next: Gradients): Gradients {
  const add = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => {
    const sum = tf.add(a, b);
    tf.dispose([a, b]);
    return sum;
  };
  return {
    byName: new Map(
      [...before.byName].map(([name, gradient]) => [name, add(gradient, next.byName.get(name) as tf.Tensor)]),
    ),
    loss: add(before.loss, next.loss) as tf.Scalar,
  };
}

export interface StepOptions {
  model: TunedModel;
  optimizer: AdamW;
  runner: StepRunner;
  rows: Rows;
  batches: readonly (readonly number[])[];
  settings: TrainingSettings;
  /** 0-based. */
  step: number;
  /** Of the peak learning rates. */
  factor: number;
}

/** A step as inputs and what is done on them: everything that differs between steps of one shape is an input. */
function workOf({ model, optimizer, rows, batches, settings, step, factor }: StepOptions): {
  inputs: Record<string, StepInput>;
  body: (given: Record<string, tf.Tensor>) => tf.Tensor;
  tokens: number;
} {
  const values = batches.map((indices, at) => valuesOf(model, rows, indices, at));
  const seeds = values.map((_, at): [string, StepInput] => [
    `seed${at}`,
    { shape: [1], values: Int32Array.of(passSeedValue(settings.seed, `${step}/${at}`)) },
  ]);
  return {
    inputs: {
      ...inputsOf(values),
      ...Object.fromEntries(seeds),
      hyper: { shape: [3], values: hyperparameters(step + 1, settings.learningRate * factor) },
    },
    body(given) {
      const gradients = gradientsOn(model, values, given, (at) => ({
        dropout: settings.dropout,
        seed: given[`seed${at}`] as tf.Tensor1D,
      }));
      const [norm, clip] = clipping(gradients.byName.values(), settings.clipNorm);
      optimizer.update(gradients.byName, clip, given.hyper as tf.Tensor1D);
      const both = tf.stack([gradients.loss, norm]);
      tf.dispose([...gradients.byName.values(), gradients.loss, norm, clip]);
      return both;
    },
    tokens: values.reduce((sum, { shape }) => sum + shape.tokens, 0),
  };
}

/** Runs a step and reads its loss back. */
export async function trainStep(options: StepOptions): Promise<StepResult> {
  const { inputs, body, tokens } = workOf(options);
  const [loss, gradientNorm] = (await options.runner.run(inputs, body)) as unknown as [number, number];
  return { loss, gradientNorm, tokens };
}

/** The memory that such a step will take beside weights and moments, before it is run; null where it is not known. */
export function stepMemory(options: StepOptions): PlannedMemory | null {
  const { inputs, body } = workOf(options);
  return options.runner.plan(inputs, body);
}

/** Bytes that such a step, which is taken, holds after each tensor that it makes. */
export function bytesAlongStep(options: StepOptions): number[] {
  const { inputs, body } = workOf(options);
  return options.runner.bytesAlong(inputs, body);
}
