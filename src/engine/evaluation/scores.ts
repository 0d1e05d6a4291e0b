/** What the report says of one predictor, and of two on the same rows. */
import { mcnemar } from '../core/paired';
import { random } from '../core/random';
import type { Comparison, Scores } from '../core/report';
import {
  accuracy,
  type ClassIndices,
  countClasses,
  expectedCalibrationError,
  logLoss,
  macroF1,
  type Probabilities,
  predictedClasses,
} from './metrics';
import { macroF1Interval, pairedIntervals, wilson } from './significance';

/** A predictor's answers on every row, in row order; a class index may be UNANSWERED. */
export type Answers = { probabilities: Probabilities } | { predicted: ClassIndices };

function classesOf(answers: Answers): ClassIndices {
  return 'predicted' in answers ? answers.predicted : predictedClasses(answers.probabilities);
}

/** Scores with Wilson (accuracy) and bootstrap (macro F1) 95 % intervals; same seed, same interval. */
export function scoresOf(expected: ClassIndices, answers: Answers, classes: number, seed: number): Scores {
  const predicted = classesOf(answers);
  const counts = countClasses(expected, predicted, classes);
  const probabilities = 'probabilities' in answers ? answers.probabilities : null;
  return {
    n: counts.rows,
    accuracy: accuracy(counts),
    macro_f1: macroF1(counts),
    ci95: {
      accuracy: wilson(
        counts.hits.reduce((total, hits) => total + hits, 0),
        counts.rows,
      ),
      macro_f1: macroF1Interval(expected, predicted, classes, random(seed, 'bootstrap/scores')),
    },
    loss: probabilities === null ? null : logLoss(expected, probabilities),
    ece: probabilities === null ? null : expectedCalibrationError(expected, probabilities),
  };
}

/** `a` against `b` on the same rows, as `core/report.ts` defines it. */
export function compare(
  expected: ClassIndices,
  a: Answers,
  b: Answers,
  classes: number,
  seed: number,
): Comparison {
  const ofA = classesOf(a);
  const ofB = classesOf(b);
  let fixed = 0;
  let broken = 0;
  for (let row = 0; row < expected.length; row++) {
    const aRight = ofA[row] === expected[row];
    const bRight = ofB[row] === expected[row];
    if (aRight && !bRight) fixed += 1;
    if (bRight && !aRight) broken += 1;
  }
  const countsA = countClasses(expected, ofA, classes);
  const countsB = countClasses(expected, ofB, classes);
  const intervals = pairedIntervals(expected, ofA, ofB, classes, random(seed, 'bootstrap/compare'));
  return {
    delta: accuracy(countsA) - accuracy(countsB),
    ci95: intervals.accuracy,
    macro_f1_delta: macroF1(countsA) - macroF1(countsB),
    macro_f1_ci95: intervals.macroF1,
    mcnemar_p: mcnemar(fixed, broken),
    fixed,
    broken,
  };
}
