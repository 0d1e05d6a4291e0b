/** Masks silence the share they should, keep the mean, repeat by seed and step, and vanish while predicting. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../backend/start';
import { valuesOf, WASM_PATHS } from '../testing/testModels';
import { dropoutSource } from './dropout';

beforeAll(async () => {
  await startBackend({ choice: 'wasm', wasmPaths: WASM_PATHS });
});

const COUNT = 40_000;

function draw(seed: number, step: string, rate: number, length = COUNT): number[] {
  const mask = dropoutSource({ seed, step }).mask([length], rate);
  return mask ? valuesOf(mask) : [];
}

describe('a mask', () => {
  test.each([0.05, 0.1, 0.5])('at rate %f drops that share and scales the rest', (rate) => {
    const values = draw(1, '3/0', rate);
    const dropped = values.filter((value) => value === 0).length / COUNT;
    expect(Math.abs(dropped - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / COUNT));
    const kept = new Set(values.filter((value) => value !== 0));
    expect([...kept]).toEqual([Math.fround(1 / (1 - rate))]);
  });

  test('has the right share at its very beginning too, over many steps', () => {
    let dropped = 0;
    for (let step = 0; step < 500; step++) {
      dropped += draw(1, `${step}/0`, 0.1, 32).filter((value) => value === 0).length;
    }
    expect(Math.abs(dropped / 16_000 - 0.1)).toBeLessThan(0.012);
  });

  test('is no neighbour of another step’s or seed’s', () => {
    const first = draw(1, '3/0', 0.5);
    for (const other of [draw(1, '4/0', 0.5), draw(2, '3/0', 0.5), draw(1, '3/1', 0.5)]) {
      const same = first.filter((value, i) => (value === 0) === (other[i] === 0)).length / COUNT;
      expect(Math.abs(same - 0.5)).toBeLessThan(0.015);
    }
    expect(draw(1, '3/0', 0.5)).toEqual(first);
  });

  test('goes on within a pass instead of repeating', () => {
    const source = dropoutSource({ seed: 1, step: '0/0' });
    const [one, two] = [source.mask([500], 0.5), source.mask([500], 0.5)] as [tf.Tensor, tf.Tensor];
    expect(valuesOf(one)).not.toEqual(valuesOf(two));
  });
});

test('predicting, or at rate 0, nothing is made and nothing changes', () => {
  const x = tf.tensor1d([1, 2, 3]);
  const before = tf.memory().numTensors;
  expect(dropoutSource(null).apply(x, 0.5)).toBe(x);
  expect(dropoutSource(null).mask([3], 0.5)).toBeNull();
  expect(dropoutSource({ seed: 1, step: '0' }).apply(x, 0)).toBe(x);
  expect(tf.memory().numTensors).toBe(before);
  x.dispose();
});
