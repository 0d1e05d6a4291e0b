/**
 * LoRA (Hu et al. 2021): y = x·W + b + (α/r)·dropout(x)·A·B with A [I, r], B [r, O]. As in peft, A starts
 * Kaiming-uniform with a = √5, that is U(-1/√I, 1/√I), and B at zero, so training starts from the base model.
 */
import * as tf from '@tensorflow/tfjs-core';
import { linear, lowRank } from '../../backend/ops';
import type { Settings } from '../../core/fields';
import type { Random } from '../../core/random';
import type { Encoder } from '../../model/family';
import { type AddedWeight, type ModuleAdapter, modulesOf, type TuningMethod } from '../method';
import { listOf, numberOf } from '../spec';

export const lora: TuningMethod = {
  plan(encoder, settings, rng) {
    const scale = loraScale(settings);
    const matrices = loraMatrices(encoder, settings, rng);
    return {
      trains: () => false,
      added: matrices.flatMap(({ a, b }) => [a, b]),
      adapters: new Map(matrices.map(({ module, a, b }) => [module, loraAdapter(a.name, b.name, scale)])),
      adapterDropout: numberOf(settings, 'loraDropout'),
    };
  },
};

export function loraScale(settings: Settings): number {
  return numberOf(settings, 'alpha') / numberOf(settings, 'rank');
}

export interface LoraMatrices {
  module: string;
  a: AddedWeight;
  b: AddedWeight;
}

/** A and B of every target module. */
export function loraMatrices(encoder: Encoder, settings: Settings, rng: Random): LoraMatrices[] {
  const rank = numberOf(settings, 'rank');
  return modulesOf(encoder, listOf(settings, 'targets')).map(({ module, inputs, outputs }) => {
    const a: AddedWeight = {
      name: `${module}.lora_A.weight`,
      kind: 'linear',
      shape: [inputs, rank],
      start: kaimingUniform(inputs, rank, rng),
    };
    const b: AddedWeight = {
      name: `${module}.lora_B.weight`,
      kind: 'linear',
      shape: [rank, outputs],
      start: new Float32Array(rank * outputs),
    };
    return { module, a, b };
  });
}

function loraAdapter(a: string, b: string, scale: number): ModuleAdapter {
  return {
    apply: ({ x, dropped, weight, bias }, added) =>
      lowRank(linear(x, weight, bias), dropped, added(a), added(b), scale),
    merge: ({ weight, bias }, added) => {
      const change = tf.matMul(added<tf.Tensor2D>(a).value, added<tf.Tensor2D>(b).value);
      return { weight: tf.add(weight, tf.mul(change, scale)), bias };
    },
  };
}

function kaimingUniform(inputs: number, rank: number, rng: Random): Float32Array {
  const bound = 1 / Math.sqrt(inputs);
  return Float32Array.from({ length: inputs * rank }, () => (2 * rng.float() - 1) * bound);
}
