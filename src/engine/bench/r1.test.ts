/** R1 must be one model in both forms, or its times compare nothing. */
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../backend/start';
import { WASM } from '../testing/testModels';
import { createHoneR1 } from './honeR1';
import { R1, r1Parameters, stepFlop } from './r1';
import { createStockR1 } from './stockR1';

beforeAll(async () => {
  await startBackend({ choice: 'wasm', wasm: WASM });
});

test('is of the size that it is known by', () => {
  expect(r1Parameters(R1)).toBe(5_265_924);
  expect(stepFlop(R1) / 1e9).toBeCloseTo(9.9, 1);
});

test('Hone and stock TensorFlow.js start from the same loss and stay close', async () => {
  const small = { ...R1, layers: 2, width: 32, feedForward: 64, vocabulary: 300, rows: 4, length: 9 };
  const hone = createHoneR1(small);
  const stock = createStockR1(small);
  for (let step = 0; step < 3; step++) {
    const [ours, theirs] = [await hone.step(), await stock.step()];
    expect(Math.abs(ours - theirs)).toBeLessThan(step === 0 ? 1e-4 : 1e-2);
    if (step === 0) expect(Math.abs(ours - Math.log(small.classes))).toBeGreaterThan(0.05);
  }
  hone.dispose();
  stock.dispose();
});
