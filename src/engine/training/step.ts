/** One optimizer step: gradients over one or several batches, clipped, applied. */
import * as tf from '@tensorflow/tfjs-core';
import { crossEntropy } from '../backend/ops';
import { disposeBatch } from '../text/batches';
import { passSeed, type TrainingPass } from '../tuning/dropout';
import type { TunedModel } from '../tuning/tuned';
import { type AdamW, clipping, createAdamW } from './optimizer';
import { batchOf, logitsOf, type Rows } from './rows';
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
  tokens: number;
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
  const total = batches.reduce((sum, batch) => sum + batch.length, 0);
  const names = new Map([...model.trainable].map(([name, { variable }]) => [variable.name, name]));
  const variables = [...model.trainable.values()].map(({ variable }) => variable);
  const byName = new Map<string, tf.Tensor>();
  let loss: tf.Scalar = tf.scalar(0);
  let tokens = 0;
  batches.forEach((indices, at) => {
    const batch = batchOf(model, rows, indices);
    const labels = tf.tensor1d(
      indices.map((i) => rows.labels[i] as number),
      'int32',
    );
    const { value, grads } = tf.variableGrads(
      () =>
        tf.mul(
          crossEntropy(logitsOf(model, rows, indices, batch, pass(at)), labels),
          indices.length / total,
        ) as tf.Scalar,
      variables,
    );
    for (const [variable, gradient] of Object.entries(grads)) {
      const name = names.get(variable) as string;
      const sum = byName.get(name);
      byName.set(name, sum ? tf.add(sum, gradient) : gradient);
      if (sum) tf.dispose([sum, gradient]);
    }
    const before = loss;
    loss = tf.add(before, value);
    tf.dispose([before, value, labels]);
    disposeBatch(batch);
    tokens += indices.reduce((sum, i) => sum + (rows.texts[i]?.ids.length ?? 0), 0);
  });
  return { byName, loss, tokens };
}

/** Runs step `step` (0-based) at `factor` of the peak learning rates and reads its loss back. */
export async function trainStep(options: {
  model: TunedModel;
  optimizer: AdamW;
  rows: Rows;
  batches: readonly (readonly number[])[];
  settings: TrainingSettings;
  step: number;
  factor: number;
}): Promise<StepResult> {
  const { model, optimizer, settings, step, factor } = options;
  const seeds = options.batches.map((_, batch) => passSeed(settings.seed, `${step}/${batch}`));
  const gradients = gradientsOf(model, options.rows, options.batches, (batch) => ({
    dropout: settings.dropout,
    seed: seeds[batch] as tf.Tensor1D,
  }));
  const [norm, clip] = clipping(gradients.byName.values(), settings.clipNorm);
  optimizer.update(step + 1, gradients.byName, clip, settings.learningRate * factor);
  const both = tf.stack([gradients.loss, norm]);
  const [loss, gradientNorm] = (await both.data()) as unknown as [number, number];
  tf.dispose([...gradients.byName.values(), gradients.loss, norm, clip, both, ...seeds]);
  return { loss, gradientNorm, tokens: gradients.tokens };
}
