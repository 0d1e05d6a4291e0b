/**
 * Prefix tuning (Li & Liang 2021) without reparametrisation: P learned keys and values in every layer's attention,
 * [P, 2·L·D] as peft lays them out. They start from N(0, 1), peft's default.
 */
import { type TuningMethod, virtualPlan } from '../method';
import { numberOf } from '../spec';

export const prefix: TuningMethod = {
  plan({ shape }, settings, rng) {
    const count = numberOf(settings, 'virtualTokens');
    const width = 2 * shape.layers * shape.kvHeads * shape.headSize;
    const start = Float32Array.from({ length: count * width }, () => rng.normal());
    return virtualPlan('prefix', shape, { shape: [count, width], start });
  },
};
