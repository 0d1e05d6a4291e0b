/** The start from scratch is BERT's own: what it should be on average, and other with another seed. */
import { expect, test } from 'vitest';
import { random } from '../../core/random';
import { bertFamily } from '../../model/bert';
import type { WeightSpec } from '../../model/family';
import type { TextEncoder } from '../../text/tokenizer';
import type { Plan } from '../method';
import { scratch } from './method';

const encoder = bertFamily.fromConfig({
  model_type: 'bert',
  hidden_size: 64,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: 256,
  vocab_size: 500,
  max_position_embeddings: 16,
});

const NO_TEXTS: TextEncoder = {
  padding: { id: 0, token: null },
  encode: () => ({ ids: new Int32Array(), fullLength: 0 }),
};

function start(seed: number): (name: string) => Float32Array {
  const { initial } = scratch.plan(encoder, {}, random(seed, 'adapter'), NO_TEXTS) as Required<Plan>;
  const values = new Map(encoder.weights.map((weight) => [weight.name, initial(weight).data]));
  return (name) => values.get(name) as Float32Array;
}

test.each(
  encoder.weights.filter(({ kind, shape }) => shape.length > 1 && kind !== 'norm' && (shape[0] ?? 0) > 16),
)('$name is drawn with mean 0 and standard deviation 0.02', ({ name }: WeightSpec) => {
  const values = start(1)(name);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  // Five standard errors.
  expect(Math.abs(mean)).toBeLessThan((5 * 0.02) / Math.sqrt(values.length));
  expect(Math.abs(Math.sqrt(variance) / 0.02 - 1)).toBeLessThan(5 / Math.sqrt(2 * values.length));
  expect(values).not.toEqual(start(2)(name));
});

test('biases start at 0, layer norms at weight 1 and bias 0', () => {
  const of = start(1);
  for (const { name, shape } of encoder.weights.filter(({ shape }) => shape.length === 1)) {
    expect([name, new Set(of(name))]).toEqual([name, new Set([name.endsWith('.weight') ? 1 : 0])]);
    expect(of(name)).toHaveLength(shape[0] as number);
  }
});
