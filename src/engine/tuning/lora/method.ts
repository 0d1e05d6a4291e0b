/**
 * LoRA (Hu et al. 2021): y = x·W + b + (α/r)·dropout(x)·A·B with A [I, r], B [r, O]. As in peft, A starts
 * Kaiming-uniform with a = √5, that is U(-1/√I, 1/√I), and B at zero, so training starts from the base model.
 */
import * as tf from '@tensorflow/tfjs-core';
import { lowRank } from '../../backend/ops';
import type { Random } from '../../core/random';
import type { AddedWeight, ModuleAdapter, TuningMethod } from '../method';
import { listOf, numberOf } from '../spec';

export const lora: TuningMethod = {
  plan(encoder, settings, rng) {
    const rank = numberOf(settings, 'rank');
    const scale = numberOf(settings, 'alpha') / rank;
    const targets = listOf(settings, 'targets');
    const added: AddedWeight[] = [];
    const adapters = new Map<string, ModuleAdapter>();
    for (const { name, kind, shape } of encoder.weights) {
      const module = name.replace(/\.weight$/, '');
      if (kind !== 'linear' || !targets.some((target) => isTarget(module, target))) continue;
      const [outputs, inputs] = shape as [number, number];
      added.push({
        name: `${module}.lora_A.weight`,
        kind: 'linear',
        shape: [inputs, rank],
        start: kaimingUniform(inputs, rank, rng),
      });
      added.push({
        name: `${module}.lora_B.weight`,
        kind: 'linear',
        shape: [rank, outputs],
        start: new Float32Array(rank * outputs),
      });
      adapters.set(module, loraAdapter(module, scale));
    }
    return { trains: () => false, added, adapters, adapterDropout: numberOf(settings, 'loraDropout') };
  },
};

/** `output.dense` means the feed-forward one; attention's own is `attention.output.dense`. */
function isTarget(module: string, target: string): boolean {
  if (target === 'output.dense' && module.endsWith('attention.output.dense')) return false;
  return module.endsWith(`.${target}`);
}

function loraAdapter(module: string, scale: number): ModuleAdapter {
  const a = `${module}.lora_A.weight`;
  const b = `${module}.lora_B.weight`;
  return {
    apply: (y, dropped, added) => lowRank(y, dropped, added(a), added(b), scale),
    merge: (weight, added) => tf.add(weight, tf.mul(tf.matMul(added(a), added(b)), scale)) as tf.Tensor2D,
  };
}

function kaimingUniform(inputs: number, rank: number, rng: Random): Float32Array {
  const bound = 1 / Math.sqrt(inputs);
  return Float32Array.from({ length: inputs * rank }, () => (2 * rng.float() - 1) * bound);
}
