import { describe, expect, test } from 'vitest';
import { comparisonSchema, scoresSchema } from '../core/report';
import { majorityClass } from './baselines';
import { compare, scoresOf } from './scores';

const expected = [0, 0, 1, 1, 2, 2, 2, 2];
const after = { predicted: [0, 0, 1, 1, 2, 2, 2, 0] };
const before = { predicted: [0, 1, 1, 0, 0, 0, 2, 2] };

describe('scores of one predictor', () => {
  test('with probabilities', () => {
    const probabilities = expected.map((truth) => [0, 1, 2].map((k) => (k === truth ? 0.8 : 0.1)));
    const scores = scoresOf(expected, { probabilities }, 3, 1);
    expect(scoresSchema.parse(scores)).toEqual(scores);
    expect(scores).toMatchObject({ n: 8, accuracy: 1, macro_f1: 1 });
    expect(scores.loss).toBeCloseTo(-Math.log(0.8), 12);
    expect(scores.ece).toBeCloseTo(0.2, 12);
    expect(scores.ci95.accuracy[0]).toBeCloseTo(0.6755924351161717, 9);
  });

  test('without probabilities there is no loss and no calibration', () => {
    expect(scoresOf(expected, after, 3, 1)).toMatchObject({ accuracy: 7 / 8, loss: null, ece: null });
  });

  test('the majority class: its share of the test rows, whatever the seed', () => {
    const scores = scoresOf(expected, majorityClass([5, 3, 12], 8), 3, 1);
    expect(scores.accuracy).toBe(0.5);
    expect(scores.macro_f1).toBeCloseTo(2 / 3 / 3, 12);
    /** Cross-entropy of the training shares 0.25, 0.15, 0.6. */
    expect(scores.loss).toBeCloseTo(-(2 * Math.log(0.25) + 2 * Math.log(0.15) + 4 * Math.log(0.6)) / 8, 12);
  });
});

describe('two predictors on the same rows', () => {
  test('counts what was fixed and what was broken', () => {
    const comparison = compare(expected, after, before, 3, 1);
    expect(comparisonSchema.parse(comparison)).toEqual(comparison);
    /** Fixed: rows 1, 3, 4, 5. Broken: row 7. 2 P(X <= 1 of 5) = 12/32. */
    expect(comparison).toMatchObject({ delta: 3 / 8, fixed: 4, broken: 1 });
    expect(comparison.mcnemar_p).toBeCloseTo(0.375, 14);
    expect(comparison.ci95[0]).toBeLessThan(3 / 8);
    expect(comparison.ci95[1]).toBeGreaterThan(3 / 8);
    expect(compare(expected, after, before, 3, 1)).toEqual(comparison);
  });

  test('a row without an answer is wrong on both sides of the comparison', () => {
    const silent = { predicted: [0, 0, 1, 1, 2, 2, -1, -1] };
    expect(scoresOf(expected, silent, 3, 1).accuracy).toBe(6 / 8);
    expect(compare(expected, silent, after, 3, 1)).toMatchObject({ delta: -1 / 8, fixed: 0, broken: 1 });
    expect(compare(expected, silent, silent, 3, 1)).toMatchObject({ delta: 0, fixed: 0, broken: 0 });
  });

  test('swapped, the signs change and the p-value stays', () => {
    const one = compare(expected, after, before, 3, 1);
    const other = compare(expected, before, after, 3, 1);
    expect(other.delta).toBe(-one.delta);
    expect(other.macro_f1_delta).toBeCloseTo(-one.macro_f1_delta, 14);
    expect(other).toMatchObject({ mcnemar_p: one.mcnemar_p, fixed: one.broken, broken: one.fixed });
  });
});
