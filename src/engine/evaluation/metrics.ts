/**
 * Scores of class predictions, by scikit-learn's conventions (sklearn.metrics, zero_division=0). Rows are
 * class indices below `classes`; K below is `classes`. A prediction of -1 is no usable answer: wrong, and of no class.
 */

export type ClassIndices = ArrayLike<number>;
/** As a prediction: no usable answer. */
export const UNANSWERED = -1;
/** One probability per class for each row. */
export type Probabilities = readonly ArrayLike<number>[];

/** Everything the label-based scores need, counted in one pass. */
export interface ClassCounts {
  rows: number;
  /** Rows of each class, rows predicted as it, and rows of it predicted as it. [K] */
  support: Int32Array;
  predicted: Int32Array;
  hits: Int32Array;
}

export interface ClassScores {
  support: number;
  predicted: number;
  hits: number;
  precision: number;
  recall: number;
  f1: number;
}

/** Counts per class; the only pass over the rows. */
export function countClasses(expected: ClassIndices, predicted: ClassIndices, classes: number): ClassCounts {
  const counts: ClassCounts = {
    rows: expected.length,
    support: new Int32Array(classes),
    predicted: new Int32Array(classes),
    hits: new Int32Array(classes),
  };
  for (let i = 0; i < expected.length; i++) tally(counts, expected[i] as number, predicted[i] as number);
  return counts;
}

/** Counts one row; `rows` is the caller's. */
export function tally({ support, predicted, hits }: ClassCounts, truth: number, guess: number): void {
  support[truth] = (support[truth] as number) + 1;
  if (guess === UNANSWERED) return;
  predicted[guess] = (predicted[guess] as number) + 1;
  if (truth === guess) hits[truth] = (hits[truth] as number) + 1;
}

/**
 * `matrix[truth * K + guess]` = rows of class `truth` predicted as `guess` (sklearn `confusion_matrix`). Rows
 * without an answer stand in no cell.
 */
export function confusionMatrix(
  expected: ClassIndices,
  predicted: ClassIndices,
  classes: number,
): Int32Array {
  const matrix = new Int32Array(classes * classes);
  for (let i = 0; i < expected.length; i++) {
    if (predicted[i] === UNANSWERED) continue;
    const cell = (expected[i] as number) * classes + (predicted[i] as number);
    matrix[cell] = (matrix[cell] as number) + 1;
  }
  return matrix;
}

/** Share of rows that are right; 0 without rows. */
export function accuracy(counts: ClassCounts): number {
  return counts.rows === 0 ? 0 : sum(counts.hits) / counts.rows;
}

/** F1 = 2TP / (2TP + FP + FN) = 2 hits / (support + predicted); 0 when all are 0. */
function f1Of(hits: number, support: number, predicted: number): number {
  return support + predicted === 0 ? 0 : (2 * hits) / (support + predicted);
}

/** Mean F1 over the classes that occur in the truth or the predictions (sklearn's default label set). */
export function macroF1({ support, predicted, hits }: ClassCounts): number {
  let total = 0;
  let present = 0;
  for (let k = 0; k < support.length; k++) {
    const rows = (support[k] as number) + (predicted[k] as number);
    if (rows === 0) continue;
    present += 1;
    total += (2 * (hits[k] as number)) / rows;
  }
  return present === 0 ? 0 : total / present;
}

/** F1 per class weighted by true support. */
export function weightedF1({ rows, support, predicted, hits }: ClassCounts): number {
  if (rows === 0) return 0;
  let total = 0;
  for (let k = 0; k < support.length; k++) {
    const truth = support[k] as number;
    total += truth * f1Of(hits[k] as number, truth, predicted[k] as number);
  }
  return total / rows;
}

/** Mean recall over the classes that occur in the truth (sklearn drops the others). */
export function balancedAccuracy({ support, hits }: ClassCounts): number {
  let total = 0;
  let present = 0;
  for (let k = 0; k < support.length; k++) {
    const truth = support[k] as number;
    if (truth === 0) continue;
    present += 1;
    total += (hits[k] as number) / truth;
  }
  return present === 0 ? 0 : total / present;
}

/**
 * Matthews correlation for K classes (Gorodkin 2004, as in sklearn); 0 when either side is constant. No answer counts
 * as one more class of the predictions.
 */
export function matthewsCorrelation({ rows, support, predicted, hits }: ClassCounts): number {
  let both = 0;
  let truths = 0;
  let guesses = (rows - sum(predicted)) ** 2;
  for (let k = 0; k < support.length; k++) {
    const truth = support[k] as number;
    const guess = predicted[k] as number;
    both += truth * guess;
    truths += truth * truth;
    guesses += guess * guess;
  }
  const square = rows * rows;
  const spread = (square - guesses) * (square - truths);
  return spread === 0 ? 0 : (sum(hits) * rows - both) / Math.sqrt(spread);
}

/** Precision, recall and F1 of each class in model order; 0 where a denominator is 0. */
export function perClass({ support, predicted, hits }: ClassCounts): ClassScores[] {
  return Array.from(support, (truth, k) => {
    const guess = predicted[k] as number;
    const hit = hits[k] as number;
    return {
      support: truth,
      predicted: guess,
      hits: hit,
      precision: guess === 0 ? 0 : hit / guess,
      recall: truth === 0 ? 0 : hit / truth,
      f1: f1Of(hit, truth, guess),
    };
  });
}

/** Index of the largest value; the first of equals (numpy `argmax`). */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) {
    if ((values[k] as number) > (values[best] as number)) best = k;
  }
  return best;
}

/** The most probable class of each row. */
export function predictedClasses(probabilities: Probabilities): Int32Array {
  return Int32Array.from(probabilities, argmax);
}

/** Mean -ln p(true class) in nats, p clipped to [2^-52, 1 - 2^-52] (sklearn `log_loss` on float64). */
export function logLoss(expected: ClassIndices, probabilities: Probabilities): number {
  let total = 0;
  probabilities.forEach((row, i) => {
    const p = row[expected[i] as number] as number;
    total -= Math.log(Math.min(Math.max(p, Number.EPSILON), 1 - Number.EPSILON));
  });
  return probabilities.length === 0 ? 0 : total / probabilities.length;
}

/** One bar of the reliability diagram: rows whose confidence lies in (from, to]. */
export interface CalibrationBin {
  from: number;
  to: number;
  rows: number;
  /** Means over the bin's rows; 0 when empty. */
  confidence: number;
  accuracy: number;
}

const ECE_BINS = 15;

/** Confidence of the top class in 15 equal bins (lo, hi] (Guo et al. 2017, section 2). */
export function calibrationBins(expected: ClassIndices, probabilities: Probabilities): CalibrationBin[] {
  const rows = new Int32Array(ECE_BINS);
  const confidence = new Float64Array(ECE_BINS);
  const hits = new Int32Array(ECE_BINS);
  probabilities.forEach((row, i) => {
    const guess = argmax(row);
    const top = row[guess] as number;
    let bin = 0;
    while (bin < ECE_BINS - 1 && top > (bin + 1) / ECE_BINS) bin += 1;
    rows[bin] = (rows[bin] as number) + 1;
    confidence[bin] = (confidence[bin] as number) + top;
    if (guess === expected[i]) hits[bin] = (hits[bin] as number) + 1;
  });
  return Array.from(rows, (count, bin) => ({
    from: bin / ECE_BINS,
    to: (bin + 1) / ECE_BINS,
    rows: count,
    confidence: count === 0 ? 0 : (confidence[bin] as number) / count,
    accuracy: count === 0 ? 0 : (hits[bin] as number) / count,
  }));
}

/** ECE = sum over bins of rows/n * |accuracy - confidence| (Guo et al. 2017, eq. 3). */
export function expectedCalibrationError(expected: ClassIndices, probabilities: Probabilities): number {
  if (probabilities.length === 0) return 0;
  const weighted = calibrationBins(expected, probabilities).map(
    (bin) => bin.rows * Math.abs(bin.accuracy - bin.confidence),
  );
  return weighted.reduce((total, value) => total + value, 0) / probabilities.length;
}

function sum(values: Int32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
