/**
 * (IA)³ (Liu et al. 2022): one learned factor for every key, value and inner feed-forward signal. As in peft, keys and
 * values are scaled as they leave their module, y = (x·W + b)·l, and the feed-forward signals as they enter theirs,
 * y = (x·l)·W + b; every factor starts at 1.
 */
import * as tf from '@tensorflow/tfjs-core';
import { linear, scale } from '../../backend/ops';
import { type AddedWeight, type ModuleAdapter, modulesOf, type TuningMethod } from '../method';
import { IA3_FEED_FORWARD, IA3_TARGETS } from './spec';

export const ia3: TuningMethod = {
  plan(encoder) {
    const added: AddedWeight[] = [];
    const adapters = new Map<string, ModuleAdapter>();
    for (const { module, role, inputs, outputs } of modulesOf(encoder, IA3_TARGETS)) {
      const entering = role === IA3_FEED_FORWARD;
      const factors = `${module}.ia3_l`;
      added.push({
        name: factors,
        kind: 'scale',
        // peft's shapes.
        shape: entering ? [1, inputs] : [outputs, 1],
        start: new Float32Array(entering ? inputs : outputs).fill(1),
      });
      adapters.set(module, entering ? inputAdapter(factors) : outputAdapter(factors));
    }
    return { trains: () => false, added, adapters, adapterDropout: 0 };
  },
};

function outputAdapter(factors: string): ModuleAdapter {
  return {
    apply: ({ x, weight, bias }, added) => scale(linear(x, weight, bias), added(factors)),
    merge({ weight, bias }, added) {
      const l = tf.reshape(added(factors).value, [-1]);
      return { weight: tf.mul(weight, l), bias: bias && tf.mul(bias, l) };
    },
  };
}

function inputAdapter(factors: string): ModuleAdapter {
  return {
    apply: ({ x, weight, bias }, added) => linear(scale(x, added(factors)), weight, bias),
    merge: ({ weight, bias }, added) => ({
      weight: tf.mul(weight, tf.reshape(added(factors).value, [-1, 1])),
      bias,
    }),
  };
}
