/** The WGSL kernels against float64, and what is WebGPU's own: variants of products. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { memoryStorage } from '../../../core/storage';
import { provideGpu } from '../../../testing/gpu';
import { WASM } from '../../../testing/testModels';
import { startBackend } from '../../start';
import { kernelSuite, operands, SHAPES, TRANSPOSES } from '../testKernels';
import { EPSILON, expectClose, toTensor } from '../testNumbers';
import { type Gpu, gpuOf } from './gpu';
import { multiplyBy } from './matmul';
import { rememberChoices, tune } from './tune';
import { choicesOf, classOf, VARIANTS, variantFor } from './variants';

beforeAll(async () => {
  await provideGpu();
  const info = await startBackend({ choice: 'webgpu', wasm: WASM });
  expect(info).toMatchObject({ id: 'webgpu' });
});

kernelSuite();

describe.each(TRANSPOSES)(
  'product, transposed a: $transposeA, b: $transposeB',
  ({ transposeA, transposeB }) => {
    test.each(SHAPES)('%i × %i × %i, every variant the same', async (m, n, k) => {
      const { a, b, product } = operands(m, n, k, transposeA, transposeB);
      const gpu = gpuOf(tf.backend());
      const [ta, tb] = [toTensor(a), toTensor(b)];
      const results: number[][] = [];
      for (const variant of VARIANTS) {
        const y = gpu.make([m, n]);
        const shape = { m, n, k, transposeA, transposeB };
        multiplyBy(gpu, variant, { shape, alpha: 1, a: ta, b: tb, gelu: false }, [y]);
        results.push(Array.from((await tf.backend().read(y.dataId)) as Float32Array));
        gpu.free(y);
      }
      tf.dispose([ta, tb]);
      for (const result of results) expectClose(result, product, 4 * EPSILON * Math.sqrt(k));
      for (const result of results) expect(result).toEqual(results[0]);
    });
  },
);

/** The adapter as if it were a card: a software one has its variant by rule. */
function asCard(): Gpu {
  const gpu = gpuOf(tf.backend());
  return {
    software: false,
    storageBindings: gpu.storageBindings,
    maxGroups: gpu.maxGroups,
    make: (...given) => gpu.make(...given),
    alias: (...given) => gpu.alias(...given),
    free: (...given) => gpu.free(...given),
    run: (...given) => gpu.run(...given),
    finish: () => gpu.finish(),
    flatten: (...given) => gpu.flatten(...given),
  };
}

test('the fastest variant is found by trying, once a class of shapes', async () => {
  const real = asCard();
  const shape = { m: 48, n: 64, k: 32, transposeA: false, transposeB: true };
  const guess = variantFor(real, shape);
  expect(guess.name).toBe('shared32');
  const { known, asked } = choicesOf(real);
  expect([...asked.keys()]).toEqual([classOf(shape)]);
  await tune(real);
  expect(asked.size).toBe(0);
  expect(VARIANTS).toContain(known.get(classOf(shape)));
  expect(variantFor(real, { ...shape, m: 52 })).toBe(known.get(classOf(shape)));
  expect(asked.size).toBe(0);
});

test('a variant that was found is remembered by the adapter, and forgotten with the kernels', async () => {
  const storage = memoryStorage();
  const shape = { m: 40, n: 24, k: 16, transposeA: true, transposeB: false };
  const first = asCard();
  await rememberChoices(first, storage, 'Card A');
  variantFor(first, shape);
  await tune(first);
  const found = variantFor(first, shape);
  const later = asCard();
  await rememberChoices(later, storage, 'Card A');
  expect(variantFor(later, shape)).toBe(found);
  expect(choicesOf(later).asked.size).toBe(0);
  const other = asCard();
  await rememberChoices(other, storage, 'Card B');
  expect(choicesOf(other).known.size).toBe(0);
  const text = new TextDecoder().decode(await storage.read('machine/products.json'));
  await storage.write(
    'machine/products.json',
    new TextEncoder().encode(text.replace(/"Card A \w{4}/, '"Card A 0000')),
  );
  const renewed = asCard();
  await rememberChoices(renewed, storage, 'Card A');
  expect(choicesOf(renewed).known.size).toBe(0);
});
