/** R1 as Hone trains it: fused operations, separate query, key and value, AdamW with clipping. */
import * as tf from '@tensorflow/tfjs-core';
import {
  attention,
  crossEntropy,
  embedding,
  layerNorm,
  linear,
  maskedMean,
  type Weight,
} from '../backend/ops';
import { createStepRunner } from '../backend/steps';
import { clipping, createAdamW, hyperparameters } from '../training/optimizer';
import { R1_SETTINGS, type R1Shape, type R1Trainer, r1Batch, r1Values, r1Weights } from './r1';

export function createHoneR1(shape: R1Shape): R1Trainer {
  const { rows, length, heads } = shape;
  const specs = r1Weights(shape);
  const variables = new Map(
    specs.map((spec, i) => [
      spec.name,
      tf.tidy(() => tf.variable(tf.tensor(r1Values(spec, i), [...spec.shape]))),
    ]),
  );
  const optimizer = createAdamW(
    new Map(
      specs.map(({ name, matrix }) => [
        name,
        {
          variable: variables.get(name) as tf.Variable,
          decay: matrix ? R1_SETTINGS.weightDecay : 0,
          rateScale: 1,
        },
      ]),
    ),
  );
  const batch = r1Batch(shape);
  const fixed = {
    ids: { shape: [rows * length], values: batch.ids },
    mask: { shape: [rows, length], values: batch.mask },
    labels: { shape: [rows], values: batch.labels },
  };
  const runner = createStepRunner();

  const weight = <T extends tf.Tensor>(name: string): Weight<T> => ({
    value: variables.get(name) as unknown as T,
    trainable: true,
  });
  const dense = (x: tf.Tensor2D, name: string, options?: Parameters<typeof linear>[3]): tf.Tensor2D =>
    linear(x, weight<tf.Tensor2D>(`${name}.w`), weight<tf.Tensor1D>(`${name}.b`), options);
  const norm = (x: tf.Tensor2D, name: string): tf.Tensor2D =>
    layerNorm(x, weight<tf.Tensor1D>(`${name}.g`), weight<tf.Tensor1D>(`${name}.b`), R1_SETTINGS.normEpsilon);

  const lossOf = (ids: tf.Tensor1D, mask: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar => {
    let x = embedding(
      { words: weight<tf.Tensor2D>('words'), positions: weight<tf.Tensor2D>('positions') },
      ids,
      length,
    );
    for (let i = 0; i < shape.layers; i++) {
      const a = norm(x, `${i}.norm1`);
      const [q, k, v] = [dense(a, `${i}.q`), dense(a, `${i}.k`), dense(a, `${i}.v`)];
      const mixed = attention({ q, k, v, mask }, { rows, length, heads }, null);
      x = dense(mixed, `${i}.o`, { residual: x });
      const wide = dense(norm(x, `${i}.norm2`), `${i}.up`, { gelu: true });
      x = dense(wide, `${i}.down`, { residual: x });
    }
    const pooled = maskedMean(norm(x, 'norm'), mask, { rows, length });
    return crossEntropy(dense(pooled, 'head'), labels);
  };

  const names = new Map([...variables].map(([name, variable]) => [variable.name, name]));
  let steps = 0;
  return {
    async step() {
      steps++;
      const hyper = { shape: [3], values: hyperparameters(steps, R1_SETTINGS.learningRate) };
      const [loss] = await runner.run({ ...fixed, hyper }, (given) => {
        const [ids, mask, labels] = [
          given.ids as tf.Tensor1D,
          given.mask as tf.Tensor2D,
          given.labels as tf.Tensor1D,
        ];
        const { value, grads } = tf.variableGrads(() => lossOf(ids, mask, labels), [...variables.values()]);
        const gradients = new Map(
          Object.entries(grads).map(([variable, gradient]) => [names.get(variable) as string, gradient]),
        );
        const [gradientNorm, factor] = clipping(gradients.values(), R1_SETTINGS.clipNorm);
        optimizer.update(gradients, factor, given.hyper as tf.Tensor1D);
        tf.dispose([...gradients.values(), gradientNorm, factor]);
        return value;
      });
      return loss as number;
    },
    dispose() {
      runner.dispose();
      optimizer.dispose();
      tf.dispose([...variables.values()]);
    },
  };
}
