/** A model's shape from its sizes and its list of weights. */
import type { ModelShape, WeightRole } from '../core/modelShape';
import type { WeightSpec } from './family';

type Sizes = Omit<ModelShape, 'linears' | 'scalars'>;

export function shapeOf(sizes: Sizes, weights: readonly WeightSpec[]): ModelShape {
  const linears: Partial<Record<WeightRole, [outputs: number, inputs: number]>> = {};
  for (const { role, shape } of weights) if (role) linears[role] = shape as [number, number];
  const layers = Array.from({ length: sizes.layers }, (_, layer) => scalarsOf(weights, layer));
  return { ...sizes, linears, scalars: { embeddings: scalarsOf(weights, -1), layers } };
}

function scalarsOf(weights: readonly WeightSpec[], layer: number): { all: number; biases: number } {
  const total = (some: readonly WeightSpec[]): number =>
    some.reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0);
  const own = weights.filter((weight) => weight.layer === layer);
  return { all: total(own), biases: total(own.filter(({ name }) => name.endsWith('.bias'))) };
}
