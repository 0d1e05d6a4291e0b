/** Batches cover the rows they should, repeat by seed, and pad no more than they must. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../backend/start';
import { random } from '../core/random';
import { WASM } from '../testing/testModels';
import { disposeBatch, epochBatches, makeBatch, paddedLength, padTexts, readingBatches } from './batches';

beforeAll(async () => {
  await startBackend({ choice: 'wasm', wasm: WASM });
});

const rng = random(1, 'lengths');
const LENGTHS = Array.from({ length: 501 }, () => 2 + rng.int(90));
const sorted = (batches: readonly (readonly number[])[]): number[] => batches.flat().sort((a, b) => a - b);
const EVERY_ROW = Array.from(LENGTHS.keys());

const padding = (batches: readonly (readonly number[])[]): number =>
  batches.reduce((sum, batch) => {
    const lengths = batch.map((row) => LENGTHS[row] as number);
    return sum + paddedLength(Math.max(...lengths)) * batch.length - lengths.reduce((a, b) => a + b, 0);
  }, 0);

test.each([
  [1, 8],
  [8, 8],
  [9, 16],
  [64, 64],
])('%i tokens are padded to %i', (tokens, padded) => {
  expect(paddedLength(tokens)).toBe(padded);
});

test('a batch holds its rows’ ids, the padding and the mask that tells them apart', () => {
  const before = tf.memory().numTensors;
  const row = (...ids: number[]) => ({ ids: Int32Array.from(ids), fullLength: ids.length });
  const batch = makeBatch([row(2, 7, 3), row(2, 5, 6, 7, 8, 9, 10, 11, 3)], 1);
  expect(batch).toMatchObject({ rows: 2, length: 16, tokens: 12 });
  expect([...batch.ids.dataSync()]).toEqual([
    ...[2, 7, 3, ...new Array(13).fill(1)],
    ...[2, 5, 6, 7, 8, 9, 10, 11, 3, ...new Array(7).fill(1)],
  ]);
  expect(batch.mask.arraySync()).toEqual([
    [...new Array(3).fill(1), ...new Array(13).fill(0)],
    [...new Array(9).fill(1), ...new Array(7).fill(0)],
  ]);
  disposeBatch(batch);
  expect(tf.memory().numTensors).toBe(before);
});

test('a text without a token still has a last one', () => {
  expect(padTexts([{ ids: new Int32Array(), fullLength: 0 }], 5)).toMatchObject({
    ids: Int32Array.from(new Array(8).fill(5)),
    mask: Float32Array.from([1, ...new Array(7).fill(0)]),
  });
});

describe('an epoch', () => {
  test.each([1, 7, 16, 600])('in batches of %i sees every row once', (size) => {
    const batches = epochBatches(LENGTHS, size, 1, 0);
    expect(sorted(batches)).toEqual(EVERY_ROW);
    expect(batches).toHaveLength(Math.ceil(LENGTHS.length / size));
    expect(batches.filter((batch) => batch.length < size).length).toBeLessThanOrEqual(1);
  });

  test('repeats by seed and differs by seed and by epoch', () => {
    const first = epochBatches(LENGTHS, 16, 1, 0);
    expect(epochBatches(LENGTHS, 16, 1, 0)).toEqual(first);
    expect(epochBatches(LENGTHS, 16, 2, 0)).not.toEqual(first);
    expect(epochBatches(LENGTHS, 16, 1, 1)).not.toEqual(first);
  });

  test('pads less than half of what batches in random order would', () => {
    const shuffled = random(9, 'plain').shuffle(EVERY_ROW);
    const plain = Array.from({ length: 32 }, (_, i) => shuffled.slice(i * 16, i * 16 + 16)).filter(
      (batch) => batch.length > 0,
    );
    expect(padding(epochBatches(LENGTHS, 16, 1, 0))).toBeLessThan(padding(plain) / 2);
  });

  test('does not go from short to long', () => {
    const means = epochBatches(LENGTHS, 16, 1, 0).map((batch) => LENGTHS[batch[0] as number] as number);
    const rises = means.filter((length, i) => i > 0 && length > (means[i - 1] as number)).length;
    expect(rises).toBeGreaterThan(means.length / 4);
    expect(rises).toBeLessThan((means.length * 3) / 4);
  });
});

describe('reading batches', () => {
  test.each([64, 256, 2048])('within %i tokens cover every row once', (budget) => {
    const batches = readingBatches(LENGTHS, budget);
    expect(sorted(batches)).toEqual(EVERY_ROW);
    for (const batch of batches) {
      const longest = Math.max(...batch.map((row) => LENGTHS[row] as number));
      if (batch.length > 1) expect(paddedLength(longest) * batch.length).toBeLessThanOrEqual(budget);
    }
  });

  test('a row longer than the budget is read alone', () => {
    expect(readingBatches([500, 4, 4], 64)).toEqual([[1, 2], [0]]);
  });

  test('nothing to read is no batch', () => {
    expect(readingBatches([], 64)).toEqual([]);
    expect(epochBatches([], 16, 1, 0)).toEqual([]);
  });
});
