import { describe, expect, test } from 'vitest';
import {
  accuracy,
  argmax,
  balancedAccuracy,
  calibrationBins,
  confusionMatrix,
  countClasses,
  expectedCalibrationError,
  logLoss,
  macroF1,
  matthewsCorrelation,
  perClass,
  predictedClasses,
  weightedF1,
} from './metrics';

/** Expected values: scikit-learn 1.9. Class 3 is predicted once and never true. */
const expected = [0, 0, 0, 1, 1, 2, 2, 2, 2, 1];
const predicted = [0, 1, 0, 1, 1, 2, 0, 2, 3, 1];
const counts = countClasses(expected, predicted, 4);

describe('label scores', () => {
  test('confusion matrix: truth in rows', () => {
    expect([...confusionMatrix(expected, predicted, 4)]).toEqual([
      2, 1, 0, 0, 0, 3, 0, 0, 1, 0, 2, 1, 0, 0, 0, 0,
    ]);
  });

  test('one number each', () => {
    expect(accuracy(counts)).toBe(0.7);
    expect(macroF1(counts)).toBeCloseTo(0.5476190476190476, 14);
    expect(weightedF1(counts)).toBeCloseTo(0.7238095238095237, 14);
    expect(balancedAccuracy(counts)).toBeCloseTo(0.7222222222222222, 14);
    expect(matthewsCorrelation(counts)).toBeCloseTo(0.6032021334949121, 14);
  });

  test('per class', () => {
    expect(perClass(counts)[2]).toEqual({
      support: 4,
      predicted: 2,
      hits: 2,
      precision: 1,
      recall: 0.5,
      f1: 2 / 3,
    });
    expect(perClass(counts)[3]).toMatchObject({ support: 0, predicted: 1, precision: 0, recall: 0, f1: 0 });
  });

  test('a class that never occurs does not count; a constant predictor has no correlation', () => {
    const constant = countClasses([0, 0, 1, 1], [0, 0, 0, 0], 3);
    expect(macroF1(constant)).toBeCloseTo(1 / 3, 15);
    expect(balancedAccuracy(constant)).toBe(0.5);
    expect(matthewsCorrelation(constant)).toBe(0);
  });

  test('no rows give zeros, not NaN', () => {
    const none = countClasses([], [], 2);
    expect([accuracy(none), macroF1(none), weightedF1(none), balancedAccuracy(none)]).toEqual([0, 0, 0, 0]);
    expect(matthewsCorrelation(none)).toBe(0);
    expect(logLoss([], [])).toBe(0);
    expect(expectedCalibrationError([], [])).toBe(0);
  });
});

describe('probability scores', () => {
  const probabilities = [
    [0.7, 0.2, 0.1],
    [0.3, 0.6, 0.1],
    [0, 0.5, 0.5],
    [1, 0, 0],
  ];

  test('log loss clips as scikit-learn does', () => {
    expect(logLoss([0, 1, 2, 1], probabilities)).toBeCloseTo(9.401075284345456, 12);
  });

  test('the first of equal probabilities wins', () => {
    expect([...predictedClasses(probabilities)]).toEqual([0, 1, 1, 0]);
    expect(argmax([0.2, 0.2])).toBe(0);
  });

  test('calibration error by hand: bins are open below and closed above', () => {
    /** Confidences 0.6, 0.6 (bin 9, one right), 0.61 (bin 10, wrong), 1 (bin 15, right). */
    const rows = [
      [0.6, 0.4],
      [0.4, 0.6],
      [0.61, 0.39],
      [0, 1],
    ];
    const truth = [0, 0, 1, 1];
    const bins = calibrationBins(truth, rows);
    expect(bins.map((bin) => bin.rows)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 1]);
    expect(bins[8]).toEqual({ from: 8 / 15, to: 9 / 15, rows: 2, confidence: 0.6, accuracy: 0.5 });
    expect(expectedCalibrationError(truth, rows)).toBeCloseTo((2 * 0.1 + 0.61) / 4, 15);
  });
});
