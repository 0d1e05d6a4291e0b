/** Against scikit-learn, scipy and statsmodels: reference/golden_metrics.py. */
import { describe, expect, test } from 'vitest';
import { mcnemar } from '../core/paired';
import { random } from '../core/random';
import golden from '../golden/metrics.json';
import {
  accuracy,
  balancedAccuracy,
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
import { macroF1Interval, pairedIntervals, wilson } from './significance';

/** Digits that make a difference of 1e-9 fail. */
const DIGITS = 9;

describe('metrics of scikit-learn', () => {
  test.each(golden.cases)('$name', (item) => {
    const classes = item.probabilities[0]?.length ?? 0;
    const counts = countClasses(item.true, item.predicted, classes);
    expect([...predictedClasses(item.probabilities)]).toEqual(item.predicted);
    expect(accuracy(counts)).toBeCloseTo(item.accuracy, DIGITS);
    expect(macroF1(counts)).toBeCloseTo(item.macro_f1, DIGITS);
    expect(weightedF1(counts)).toBeCloseTo(item.weighted_f1, DIGITS);
    expect(balancedAccuracy(counts)).toBeCloseTo(item.balanced_accuracy, DIGITS);
    expect(matthewsCorrelation(counts)).toBeCloseTo(item.matthews, DIGITS);
    expect(logLoss(item.true, item.probabilities)).toBeCloseTo(item.log_loss, DIGITS);
    expect(expectedCalibrationError(item.true, item.probabilities)).toBeCloseTo(item.ece_15, DIGITS);
    for (const { label, ...scores } of item.per_class) {
      const own = perClass(counts)[label];
      expect(own?.support).toBe(scores.support);
      expect(own?.precision).toBeCloseTo(scores.precision, DIGITS);
      expect(own?.recall).toBeCloseTo(scores.recall, DIGITS);
      expect(own?.f1).toBeCloseTo(scores.f1, DIGITS);
    }
    const matrix = confusionMatrix(item.true, item.predicted, classes);
    const { labels, rows_true_columns_predicted } = item.confusion;
    expect(labels.map((truth) => labels.map((guess) => matrix[truth * classes + guess]))).toEqual(
      rows_true_columns_predicted,
    );
  });
});

describe('rows without an answer are wrong, as scikit-learn counts one more label', () => {
  test.each(golden.unanswered)('$name', ({ classes, labels, true: expected, predicted, ...values }) => {
    const counts = countClasses(expected, predicted, classes);
    expect(accuracy(counts)).toBeCloseTo(values.accuracy, DIGITS);
    expect(macroF1(counts)).toBeCloseTo(values.macro_f1, DIGITS);
    expect(weightedF1(counts)).toBeCloseTo(values.weighted_f1, DIGITS);
    expect(balancedAccuracy(counts)).toBeCloseTo(values.balanced_accuracy, DIGITS);
    expect(matthewsCorrelation(counts)).toBeCloseTo(values.matthews, DIGITS);
    const matrix = confusionMatrix(expected, predicted, classes);
    expect(labels.map((truth) => labels.map((guess) => matrix[truth * classes + guess]))).toEqual(
      values.confusion,
    );
  });
});

describe('bootstrap intervals of scipy, within the luck of other resamples', () => {
  test.each(golden.bootstrap_95)('$name', ({ classes, true: expected, a, b, ...values }) => {
    const near = (own: readonly number[], theirs: readonly number[]): void => {
      expect(Math.abs((own[0] ?? Number.NaN) - (theirs[0] ?? 0))).toBeLessThan(0.02);
      expect(Math.abs((own[1] ?? Number.NaN) - (theirs[1] ?? 0))).toBeLessThan(0.02);
    };
    near(macroF1Interval(expected, a, classes, random(1, 'golden')), values.macro_f1);
    const { accuracy: difference, macroF1: ofMacroF1 } = pairedIntervals(
      expected,
      a,
      b,
      classes,
      random(1, 'golden'),
    );
    near(difference, values.accuracy_difference);
    near(ofMacroF1, values.macro_f1_difference);
  });
});

test.each(golden.wilson_95)('Wilson interval of $k in $n, as statsmodels', ({ k, n, low, high }) => {
  expect(wilson(k, n)[0]).toBeCloseTo(low, DIGITS);
  expect(wilson(k, n)[1]).toBeCloseTo(high, DIGITS);
});

test.each(golden.mcnemar_exact)('exact McNemar of $b and $c, as statsmodels', ({ b, c, p }) => {
  expect(mcnemar(b, c)).toBeCloseTo(p, DIGITS);
});
