/** The WGSL kernels against float64, and what is WebGPU's own: variants of products. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { provideGpu } from '../../../testing/gpu';
import { WASM } from '../../../testing/testModels';
import { startBackend } from '../../start';
import { EPSILON, expectClose, kernelSuite, operands, SHAPES, TRANSPOSES, toTensor } from '../testKernels';
import { type Gpu, gpuOf } from './gpu';
import { multiplyBy } from './matmul';
import { tune } from './tune';
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

test('the fastest variant is found by trying, once a class of shapes', async () => {
  const gpu = gpuOf(tf.backend());
  const real: Gpu = {
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
