/** How sure a score is: Wilson intervals for shares, seeded bootstraps for macro F1 and for differences. */
import type { Random } from '../core/random';
import { type ClassCounts, type ClassIndices, countClasses, macroF1, tally } from './metrics';

export type Interval = [number, number];

const Z_975 = 1.959963984540054;

/** Wilson 95 % interval of `hits` of `rows` (Wilson 1927; statsmodels method='wilson'); [0, 1] without rows. */
export function wilson(hits: number, rows: number): Interval {
  if (rows === 0) return [0, 1];
  const share = hits / rows;
  const z2 = Z_975 * Z_975;
  const centre = share + z2 / (2 * rows);
  const half = Z_975 * Math.sqrt((share * (1 - share)) / rows + z2 / (4 * rows * rows));
  const scale = 1 + z2 / rows;
  return [
    hits === 0 ? 0 : Math.max(0, (centre - half) / scale),
    hits === rows ? 1 : Math.min(1, (centre + half) / scale),
  ];
}

const RESAMPLES = 2000;
/** Enough draws to fix a 95 % end to a fraction of the interval's width, on sets of any size. */
const MAX_DRAWS = 60_000_000;
const MIN_RESAMPLES = 500;

function resamplesFor(rows: number, wanted: number): number {
  return Math.min(wanted, Math.max(MIN_RESAMPLES, Math.floor(MAX_DRAWS / Math.max(1, rows))));
}

/** The p-quantile by linear interpolation (numpy's default). Sorts `values`. */
function percentiles95(values: Float64Array): Interval {
  values.sort();
  const at = (p: number): number => {
    const position = p * (values.length - 1);
    const low = values[Math.floor(position)] as number;
    const high = values[Math.ceil(position)] as number;
    return low + (high - low) * (position - Math.floor(position));
  };
  return [at(0.025), at(0.975)];
}

/**
 * Percentile bootstrap 95 % interval of macro F1 (Efron and Tibshirani 1993, chapter 13). Rows are drawn with
 * replacement; classes absent from a resample's truth and predictions do not count in it. A sample without
 * a single error has no spread to resample: its lower end is then accuracy's Wilson bound. Draws at most
 * 60 million rows in all, which lowers `resamples` (not below 500) on more than 30,000 rows.
 */
export function macroF1Interval(
  expected: ClassIndices,
  predicted: ClassIndices,
  classes: number,
  random: Random,
  resamples = RESAMPLES,
): Interval {
  const rows = expected.length;
  if (rows === 0) return [0, 1];
  const { hits } = countClasses(expected, predicted, classes);
  if (hits.reduce((a, b) => a + b, 0) === rows) return [wilson(rows, rows)[0], 1];
  const truths = Int32Array.from(expected);
  const guesses = Int32Array.from(predicted);
  const values = new Float64Array(resamplesFor(rows, resamples));
  const drawn = countClasses([], [], classes);
  for (let r = 0; r < values.length; r++) {
    empty(drawn);
    for (let i = 0; i < rows; i++) {
      const row = random.int(rows);
      tally(drawn, truths[row] as number, guesses[row] as number);
    }
    values[r] = macroF1(drawn);
  }
  return percentiles95(values);
}

function empty({ support, predicted, hits }: ClassCounts): void {
  for (const counts of [support, predicted, hits]) counts.fill(0);
}

/**
 * Paired percentile bootstrap 95 % intervals of accuracy(a) - accuracy(b) and macroF1(a) - macroF1(b): each
 * resample draws rows once for both. Where a and b agree on every row there is no spread to resample, and both
 * intervals reach to the Wilson bound of a share that was seen on none of the rows.
 */
export function pairedIntervals(
  expected: ClassIndices,
  a: ClassIndices,
  b: ClassIndices,
  classes: number,
  random: Random,
  resamples = RESAMPLES,
): { accuracy: Interval; macroF1: Interval } {
  const rows = expected.length;
  const truths = Int32Array.from(expected);
  const ofA = Int32Array.from(a);
  const ofB = Int32Array.from(b);
  if (ofA.every((guess, row) => guess === ofB[row])) {
    const reach = wilson(0, rows)[1];
    return { accuracy: [-reach, reach], macroF1: [-reach, reach] };
  }
  const accuracies = new Float64Array(resamplesFor(rows, resamples));
  const macros = new Float64Array(accuracies.length);
  const drawnA = countClasses([], [], classes);
  const drawnB = countClasses([], [], classes);
  for (let r = 0; r < accuracies.length; r++) {
    empty(drawnA);
    empty(drawnB);
    let ahead = 0;
    for (let i = 0; i < rows; i++) {
      const row = random.int(rows);
      const truth = truths[row] as number;
      const guessA = ofA[row] as number;
      const guessB = ofB[row] as number;
      tally(drawnA, truth, guessA);
      tally(drawnB, truth, guessB);
      ahead += (guessA === truth ? 1 : 0) - (guessB === truth ? 1 : 0);
    }
    accuracies[r] = ahead / rows;
    macros[r] = macroF1(drawnA) - macroF1(drawnB);
  }
  return { accuracy: percentiles95(accuracies), macroF1: percentiles95(macros) };
}
