/** Numbers for the tests of kernels: drawn, given to a kernel, and held to what float64 makes of them. */
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { random } from '../../core/random';
import { type FusedKernels, type FusedName, fused } from './contract';

export const CLOSE = 1e-5;
export const EPSILON = 2 ** -23;

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Numbers with a shape; float64 computes on the very values that the kernel gets. */
export interface Numbers {
  shape: number[];
  values: number[];
  int?: boolean;
}

export function draw(name: string, shape: number[], spread = 1): Numbers {
  const rng = random(11, name);
  return { shape, values: range(sizeOf(shape)).map(() => Math.fround(spread * rng.normal())) };
}

export const ints = (values: number[]): Numbers => ({ shape: [values.length], values, int: true });

export const toTensor = ({ shape, values, int }: Numbers): tf.Tensor =>
  tf.tensor(values, shape, int ? 'int32' : 'float32');

/** Runs a kernel on numbers and reads what it returns. */
export async function run<K extends FusedName>(
  name: K,
  inputs: Record<string, Numbers | undefined>,
  attrs: FusedKernels[K]['attrs'],
): Promise<number[][]> {
  const given = Object.fromEntries(
    Object.entries(inputs).flatMap(([key, numbers]) => (numbers ? [[key, toTensor(numbers)]] : [])),
  );
  const outputs = fused(name, given as FusedKernels[K]['inputs'], attrs) as readonly tf.Tensor[];
  const read = await Promise.all(outputs.map(async (output) => Array.from(await output.data())));
  tf.dispose([...Object.values(given), ...outputs]);
  return read;
}

export function expectClose(
  actual: readonly number[] | undefined,
  expected: readonly number[],
  within = CLOSE,
): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    const gap = Math.abs((actual?.[i] ?? Number.NaN) - value);
    if (!(gap <= within * Math.max(1, Math.abs(value)))) {
      expect.fail(`element ${i} is ${actual?.[i]}, expected ${value}: ${gap} apart, ${within} allowed`);
    }
  });
}

export const at = (numbers: Numbers, ...place: number[]): number =>
  numbers.values[place.reduce((sum, p, i) => sum * (numbers.shape[i] as number) + p, 0)] as number;
