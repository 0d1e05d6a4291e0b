/**
 * DoRA (Liu et al. 2024): the columns of V = W + (α/r)·A·B keep their direction and are brought to a length m that is
 * learned: y = x·V·m/‖V‖ + b. As in peft, ‖V‖ is a constant to the gradient (section 4.3), m starts at ‖W‖, A and B
 * as LoRA's. Dropout silences what A reads; peft's also silences x·W where m has left ‖V‖.
 */
import * as tf from '@tensorflow/tfjs-core';
import { columnNorm, linear, lowRank, scale, type Weight } from '../../backend/ops';
import { loraMatrices, loraScale } from '../lora/method';
import type { Added, AddedWeight, ModuleAdapter, TuningMethod } from '../method';
import { numberOf } from '../spec';

interface Names {
  a: string;
  b: string;
  /** m [O]. */
  magnitude: string;
}

export const dora: TuningMethod = {
  plan(encoder, settings, rng) {
    const alpha = loraScale(settings);
    const added: AddedWeight[] = [];
    const adapters = new Map<string, ModuleAdapter>();
    for (const { module, a, b } of loraMatrices(encoder, settings, rng)) {
      const magnitude = `${module}.lora_magnitude_vector`;
      added.push(a, b, {
        name: magnitude,
        kind: 'scale',
        shape: [b.shape[1] as number],
        start: (base) => tf.norm(base(`${module}.weight`), 'euclidean', 0),
      });
      adapters.set(module, doraAdapter({ a: a.name, b: b.name, magnitude }, alpha));
    }
    return { trains: () => false, added, adapters, adapterDropout: numberOf(settings, 'loraDropout') };
  },
};

function doraAdapter({ a, b, magnitude }: Names, alpha: number): ModuleAdapter {
  /** m/‖V‖ [O]. */
  const factors = (weight: tf.Tensor2D, added: Added): Weight<tf.Tensor1D> => {
    const { value, trainable } = added<tf.Tensor1D>(magnitude);
    const norm = columnNorm(weight, added<tf.Tensor2D>(a).value, added<tf.Tensor2D>(b).value, alpha);
    return { value: tf.div(value, norm), trainable };
  };
  return {
    apply({ x, dropped, weight, bias }, added) {
      const v = lowRank(linear(x, weight, null), dropped, added(a), added(b), alpha);
      return scale(v, factors(weight.value, added), bias);
    },
    merge({ weight, bias }, added) {
      const change = tf.matMul(added<tf.Tensor2D>(a).value, added<tf.Tensor2D>(b).value);
      const v = tf.add(weight, tf.mul(change, alpha));
      return { weight: tf.mul(v, factors(weight, added).value), bias };
    },
  };
}
