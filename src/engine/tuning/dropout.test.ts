/** Dropout silences the share it should, keeps the mean, repeats by seed and step, and vanishes while predicting. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../backend/start';
import { valuesOf, WASM } from '../testing/testModels';
import { dropoutSource, passSeed } from './dropout';

beforeAll(async () => {
  await startBackend({ choice: 'wasm', wasm: WASM });
});

const COUNT = 40_000;

/** What becomes of `length` ones, `uses` times in one pass. */
function draw(seed: number, step: string, rate: number, { length = COUNT, uses = 1 } = {}): number[][] {
  const pass = { dropout: rate, seed: passSeed(seed, step) };
  const source = dropoutSource(pass);
  const drawn = Array.from({ length: uses }, () =>
    valuesOf(tf.tidy(() => source.apply(tf.ones([length]), rate))),
  );
  pass.seed.dispose();
  return drawn;
}

function once(seed: number, step: string, rate: number, length = COUNT): number[] {
  return draw(seed, step, rate, { length })[0] as number[];
}

describe('dropout', () => {
  test.each([0.05, 0.1, 0.5])('at rate %f drops that share and scales the rest', (rate) => {
    const values = once(1, '3/0', rate);
    const dropped = values.filter((value) => value === 0).length / COUNT;
    expect(Math.abs(dropped - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / COUNT));
    const kept = new Set(values.filter((value) => value !== 0));
    expect([...kept]).toEqual([Math.fround(1 / (1 - rate))]);
  });

  test('has the right share at its very beginning too, over many steps', () => {
    let dropped = 0;
    for (let step = 0; step < 500; step++) {
      dropped += once(1, `${step}/0`, 0.1, 32).filter((value) => value === 0).length;
    }
    expect(Math.abs(dropped / 16_000 - 0.1)).toBeLessThan(0.012);
  });

  test('is no neighbour of another step’s, seed’s or use’s', () => {
    const [first = [], next = []] = draw(1, '3/0', 0.5, { uses: 2 });
    for (const other of [once(1, '4/0', 0.5), once(2, '3/0', 0.5), once(1, '3/1', 0.5), next]) {
      const same = first.filter((value, i) => (value === 0) === (other[i] === 0)).length / COUNT;
      expect(Math.abs(same - 0.5)).toBeLessThan(0.015);
    }
    expect(once(1, '3/0', 0.5)).toEqual(first);
  });

  test('shows no pattern from one element to those near it', () => {
    const values = once(1, '3/0', 0.5).map((value) => (value === 0 ? -1 : 1));
    for (const lag of [1, 2, 3, 4, 8, 16, 32, 64, 256, 384]) {
      const sum = values.slice(lag).reduce((total, value, i) => total + value * (values[i] as number), 0);
      expect(Math.abs(sum) / (COUNT - lag)).toBeLessThan(0.02);
    }
  });
});

test('predicting, or at rate 0, nothing is made and nothing changes', () => {
  const x = tf.tensor1d([1, 2, 3]);
  const seed = passSeed(1, '0');
  const before = tf.memory().numTensors;
  expect(dropoutSource(null).apply(x, 0.5)).toBe(x);
  expect(dropoutSource(null).next(0.5)).toBeNull();
  expect(dropoutSource({ dropout: 0, seed }).apply(x, 0)).toBe(x);
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([x, seed]);
});
