import type { Random } from '../../core/random';
import type { WeightSpec } from '../../model/family';
import { movingPlan, type TuningMethod } from '../method';

/** BERT's initialiser range. */
const STDDEV = 0.02;

/** The architecture alone: every weight is drawn anew as BERT's are before it reads its first text, and moves. */
export const scratch: TuningMethod = {
  plan: (_encoder, _settings, rng) => ({
    ...movingPlan(() => true),
    initial: (weight) => ({ shape: weight.shape, data: drawn(weight, rng) }),
  }),
};

/** Matrices and tables N(0, 0.02²), layer norms 1 and 0, biases 0 (transformers' `BertPreTrainedModel`). */
function drawn({ name, kind, shape }: WeightSpec, rng: Random): Float32Array {
  const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
  if (kind === 'linear' || kind === 'embedding') return values.map(() => rng.normal() * STDDEV);
  return name.endsWith('.weight') ? values.fill(1) : values;
}
