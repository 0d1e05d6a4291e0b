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
import { clipping, createAdamW } from '../training/optimizer';
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
  const ids = tf.tensor1d(batch.ids, 'int32');
  const mask = tf.tensor2d(batch.mask, [rows, length]);
  const labels = tf.tensor1d(batch.labels, 'int32');

  const weight = <T extends tf.Tensor>(name: string): Weight<T> => ({
    value: variables.get(name) as unknown as T,
    trainable: true,
  });
  const dense = (x: tf.Tensor2D, name: string, options?: Parameters<typeof linear>[3]): tf.Tensor2D =>
    linear(x, weight<tf.Tensor2D>(`${name}.w`), weight<tf.Tensor1D>(`${name}.b`), options);
  const norm = (x: tf.Tensor2D, name: string): tf.Tensor2D =>
    layerNorm(x, weight<tf.Tensor1D>(`${name}.g`), weight<tf.Tensor1D>(`${name}.b`), R1_SETTINGS.normEpsilon);

  const loss = (): tf.Scalar => {
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
      const { value, grads } = tf.variableGrads(loss, [...variables.values()]);
      const gradients = new Map(
        Object.entries(grads).map(([variable, gradient]) => [names.get(variable) as string, gradient]),
      );
      const [gradientNorm, factor] = clipping(gradients.values(), R1_SETTINGS.clipNorm);
      optimizer.update(steps, gradients, factor, R1_SETTINGS.learningRate);
      tf.dispose([...gradients.values(), gradientNorm, factor]);
      const [first] = await value.data();
      value.dispose();
      return first as number;
    },
    dispose() {
      optimizer.dispose();
      tf.dispose([...variables.values(), ids, mask, labels]);
    },
  };
}
