/** The kernel against a plain loop: shared, missing and impossible segments, odd shapes. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { random } from '../../../core/random';
import { valuesOf, WASM } from '../../../testing/testModels';
import { startBackend } from '../../start';

beforeAll(async () => {
  await startBackend({ choice: 'wasm', wasm: WASM });
});

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('unsortedSegmentSum for WebAssembly', () => {
  test.each([
    { ids: [0], segments: 1, width: 1 },
    { ids: [2, 0, 2], segments: 3, width: 33 },
    { ids: range(257).map((i) => (i * 31) % 33), segments: 33, width: 3 },
    { ids: [-1, 0, 3, 1, 99, 0], segments: 3, width: 257 },
  ])('$segments segments of width $width', ({ ids, segments, width }) => {
    const rng = random(3, 'segments');
    const values = range(ids.length * width).map(() => rng.normal());
    const expected = new Float32Array(segments * width);
    ids.forEach((id, row) => {
      if (id < 0 || id >= segments) return;
      for (let c = 0; c < width; c++) {
        expected[id * width + c] =
          (expected[id * width + c] as number) + Math.fround(values[row * width + c] as number);
      }
    });
    const sums = tf.tidy(() =>
      tf.unsortedSegmentSum(tf.tensor2d(values, [ids.length, width]), tf.tensor1d(ids, 'int32'), segments),
    );
    expect(sums.shape).toEqual([segments, width]);
    expect(valuesOf(sums)).toEqual([...expected]);
  });

  test('whole numbers, and values without a width', () => {
    const sums = tf.tidy(() =>
      tf.unsortedSegmentSum(tf.tensor1d([1, 2, 3], 'int32'), tf.tensor1d([1, 1, 0], 'int32'), 2),
    );
    expect(valuesOf(sums)).toEqual([3, 3]);
  });
});
