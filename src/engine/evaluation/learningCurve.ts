/**
 * 'Would more data help?' from a learning curve of a few sizes and draws.
 *
 * Accuracy follows an inverse power law of the training rows, a - b n^-c (Hestness et al. 2017; Viering and Loog 2023,
 * section 3). Three to five sizes do not fix c, so none is chosen: written as
 *   accuracy(n) = level + gain * h_c(n / N),   h_c(r) = (1 - r^-c) / (1 - 2^-c)   (log2 r at c = 0)
 * with level = accuracy at all N rows and gain = what twice the rows add, the curve is linear at each c. Generalised
 * least squares gives a normal distribution of the gain at each c; weighed by how well each c fits (flat priors), they
 * mix into one, whose mean and 95 % interval are reported.
 */
import type { CurvePoint, MoreData } from '../core/study';
import type { Interval } from './significance';

/** From linear in log2(rows), which never levels off, to levelling off at once. */
const EXPONENTS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
/** Small sets follow another law (few rows a class); what twice the rows add is told by the last sizes. */
const LAST_SIZES = 4;
/** A gain of less than a point is not worth the labelling. */
const USEFUL = 0.01;
/**
 * Correlation of being right on a row between neighbouring sizes: assumed, within what docs/decisions/0008 reports
 * (0.10 to 0.58). A lower one leaves more of the test rows' luck in the gain.
 */
const SHARED_LUCK = 0.3;

/** One entry an arm. `testRows` = rows on which every accuracy was measured. */
export function moreData(points: readonly CurvePoint[], testRows: number): MoreData[] {
  return [...new Set(points.map(({ arm }) => arm))].map((arm) => {
    const own = points.filter((point) => point.arm === arm && point.draws.length > 0);
    return { arm, ...answer(own, testRows) };
  });
}

interface Size {
  rows: number;
  accuracy: number;
  /** Of the mean over the draws. */
  drawVariance: number;
}

function answer(points: readonly CurvePoint[], testRows: number): Omit<MoreData, 'arm'> {
  const sizes = lastSizes(points);
  const repeated = points.some(({ draws }) => draws.length > 1);
  if (sizes.length < 3 || !repeated || testRows === 0) {
    const why =
      sizes.length < 3
        ? 'fewer than three numbers of training rows were tried'
        : 'each number of training rows was drawn only once, which does not show how much is luck';
    return { verdict: 'cannot-tell', gain: 0, ci95: [-1, 1], message: `Cannot tell: ${why}.` };
  }
  const last = sizes.at(-1) as Size;
  const { gain, ci95 } = doubling(sizes, testRows);
  const within = ([low, high]: Interval): Interval => [
    Math.max(low, -last.accuracy),
    Math.min(high, 1 - last.accuracy),
  ];
  return verdictOf(gain, within(ci95), last.rows, testRows);
}

function verdictOf(gain: number, ci95: Interval, rows: number, testRows: number): Omit<MoreData, 'arm'> {
  const [low, high] = ci95;
  const said = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value * 100).toFixed(1)}`;
  const facts = `from ${rows} to ${2 * rows} training rows: ${said(gain)} points expected (95 %: ${said(low)} to ${said(high)}, on ${testRows} test rows)`;
  if (high < USEFUL) return { verdict: 'no', gain, ci95, message: `Hardly: ${facts}.` };
  if (low > 0) return { verdict: 'yes', gain, ci95, message: `Yes: ${facts}.` };
  return {
    verdict: 'cannot-tell',
    gain,
    ci95,
    message: `Cannot tell ${facts}, which leaves room for nothing and for something useful.`,
  };
}

/**
 * The largest sizes with their means. The spread between draws is pooled over all sizes; rows drawn without replacement
 * from N vary less by 1 - n / N, which is put right. Few draws know their spread badly: widened as Student's t is.
 */
function lastSizes(points: readonly CurvePoint[]): Size[] {
  const all = Math.max(...points.map(({ rows }) => rows));
  let squares = 0;
  let freedom = 0;
  for (const { rows, draws } of points) {
    if (draws.length < 2 || rows === all) continue;
    const mean = meanAccuracy(draws);
    squares += draws.reduce((sum, { accuracy }) => sum + (accuracy - mean) ** 2, 0) / (1 - rows / all);
    freedom += draws.length - 1;
  }
  const variance = (squares / Math.max(1, freedom)) * (freedom > 2 ? freedom / (freedom - 2) : 3);
  return [...points]
    .sort((a, b) => a.rows - b.rows)
    .slice(-LAST_SIZES)
    .map(({ rows, draws }) => ({
      rows,
      accuracy: meanAccuracy(draws),
      drawVariance: variance / draws.length,
    }));
}

function meanAccuracy(draws: CurvePoint['draws']): number {
  return draws.reduce((sum, { accuracy }) => sum + accuracy, 0) / draws.length;
}

/** One exponent's normal distribution of the gain. */
interface Fit {
  mean: number;
  sd: number;
  /** Log of the marginal likelihood, up to a constant. */
  evidence: number;
}

function doubling(sizes: readonly Size[], testRows: number): { gain: number; ci95: Interval } {
  const inverse = inverseOf(covariance(sizes, testRows));
  const fits = EXPONENTS.map((exponent) => fitAt(exponent, sizes, inverse));
  const best = Math.max(...fits.map(({ evidence }) => evidence));
  const raw = fits.map(({ evidence }) => Math.exp(evidence - best));
  const total = raw.reduce((a, b) => a + b, 0);
  const weights = raw.map((weight) => weight / total);
  const below = (x: number): number =>
    fits.reduce((sum, { mean, sd }, i) => sum + (weights[i] as number) * normalBelow((x - mean) / sd), 0);
  return {
    gain: fits.reduce((sum, { mean }, i) => sum + (weights[i] as number) * mean, 0),
    ci95: [quantile(below, 0.025), quantile(below, 0.975)],
  };
}

/** Of the sizes' accuracies: the draws' luck, and the test rows' luck that they share in part. */
function covariance(sizes: readonly Size[], testRows: number): number[][] {
  const luck = sizes.map(({ accuracy }) => {
    const share = Math.min(Math.max(accuracy, 1 / (testRows + 2)), 1 - 1 / (testRows + 2));
    return Math.sqrt((share * (1 - share)) / testRows);
  });
  return sizes.map(({ drawVariance }, i) =>
    sizes.map((_, j) => {
      const both = (luck[i] as number) * (luck[j] as number);
      return i === j ? drawVariance + both : SHARED_LUCK * both;
    }),
  );
}

/** Two-parameter generalised least squares: rows (1, h) with the inverse covariance W. */
function fitAt(exponent: number, sizes: readonly Size[], inverse: readonly number[][]): Fit {
  const all = (sizes.at(-1) as Size).rows;
  const h = sizes.map(({ rows }) =>
    exponent === 0 ? Math.log2(rows / all) : (1 - (rows / all) ** -exponent) / (1 - 2 ** -exponent),
  );
  const y = sizes.map(({ accuracy }) => accuracy);
  const one = sizes.map(() => 1);
  const form = (a: readonly number[], b: readonly number[]): number =>
    a.reduce(
      (sum, value, i) =>
        sum + value * b.reduce((inner, other, j) => inner + (inverse[i]?.[j] as number) * other, 0),
      0,
    );
  const [s11, s1h, shh, s1y, shy] = [form(one, one), form(one, h), form(h, h), form(one, y), form(h, y)];
  const determinant = s11 * shh - s1h * s1h;
  const mean = (s11 * shy - s1h * s1y) / determinant;
  const level = (s1y - s1h * mean) / s11;
  const left = y.map((value, i) => value - level - mean * (h[i] as number));
  return {
    mean,
    sd: Math.sqrt(s11 / determinant),
    evidence: -form(left, left) / 2 - Math.log(determinant) / 2,
  };
}

/** Gauss and Jordan; the matrix is a covariance of at most LAST_SIZES rows. */
function inverseOf(matrix: readonly number[][]): number[][] {
  const n = matrix.length;
  const work = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let i = 0; i < n; i++) {
    const pivot = work[i] as number[];
    const scale = pivot[i] as number;
    for (let j = 0; j < 2 * n; j++) pivot[j] = (pivot[j] as number) / scale;
    for (const row of work) {
      if (row === pivot) continue;
      const factor = row[i] as number;
      for (let j = 0; j < 2 * n; j++) row[j] = (row[j] as number) - factor * (pivot[j] as number);
    }
  }
  return work.map((row) => row.slice(n));
}

/** Where a rising share of [-2, 2] reaches p. */
function quantile(below: (x: number) => number, p: number): number {
  let [low, high] = [-2, 2];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (below(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Standard normal distribution by Abramowitz and Stegun 7.1.26, to 1.5e-7. */
function normalBelow(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const beyond = (series * Math.exp(-x * x)) / 2;
  return z < 0 ? beyond : 1 - beyond;
}
