/**
 * Two predictors on the same rows: exact McNemar tests on the rows where they disagree, and how many rows
 * it takes to tell them apart. Exact at any size, because the approximate test errs where sets are small.
 */
import { SIGNIFICANT } from './report';

/** ln k!: the product below 171 (exact in doubles to rounding), Stirling's series above (error below 1e-18). */
export function logFactorial(k: number): number {
  if (k <= 170) {
    let product = 1;
    for (let i = 2; i <= k; i++) product *= i;
    return Math.log(product);
  }
  const series = 1 / (12 * k) - 1 / (360 * k ** 3) + 1 / (1260 * k ** 5);
  return k * Math.log(k) - k + 0.5 * Math.log(2 * Math.PI * k) + series;
}

/** P(X <= k) of a fair coin thrown n times: the largest term in log space, the rest by their ratio. */
export function fairCoinTail(k: number, n: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  /** Beyond the middle the other side is the shorter sum. */
  if (k > n / 2) return 1 - fairCoinTail(n - k - 1, n);
  const last = Math.exp(logFactorial(n) - logFactorial(k) - logFactorial(n - k) - n * Math.LN2);
  let ratio = 1;
  let sum = 1;
  for (let i = k; i > 0 && ratio > 1e-18 * sum; i--) {
    ratio *= i / (n - i + 1);
    sum += ratio;
  }
  return Math.min(1, last * sum);
}

/**
 * Exact two-sided McNemar from the two discordant counts (statsmodels `mcnemar(exact=True)`):
 * 2 P(X <= min(b, c)), X ~ Binomial(b + c, 1/2), at most 1; 1 without discordant rows.
 */
export function mcnemar(b: number, c: number): number {
  return Math.min(1, 2 * fairCoinTail(Math.min(b, c), b + c));
}

/** Exact one-sided McNemar: how likely chance alone turns at least `broken` of the discordant rows bad. */
export function mcnemarWorse(broken: number, fixed: number): number {
  return broken + fixed === 0 ? 1 : fairCoinTail(fixed, broken + fixed);
}

/** Standard normal quantiles. */
const Z_975 = 1.959963984540054;
const Z_80 = 0.8416212335729143;

/**
 * Rows a test set needs so that two predictors that disagree (in being right) on the share `discordant`, and
 * differ in accuracy by `difference`, are told apart with 80 % power at two-sided alpha 0.05. Normal
 * approximation of Connor, Biometrics 43 (1987) 207-211, eq. 3: n = (z_a sqrt(psi) + z_b sqrt(psi - d^2))^2 / d^2.
 * The exact test needs a few per cent more. Infinity when there is no difference.
 */
export function rowsToTellApart(
  discordant: number,
  difference: number,
  alphaQuantile: number = Z_975,
): number {
  const d = Math.abs(difference);
  if (d === 0) return Number.POSITIVE_INFINITY;
  const psi = Math.max(discordant, d);
  return Math.ceil((alphaQuantile * Math.sqrt(psi) + Z_80 * Math.sqrt(psi - d * d)) ** 2 / (d * d));
}

/** The same from the discordant counts; null where the exact test tells the two apart already, or they are level. */
export function rowsNeeded(ahead: number, behind: number, rows: number): number | null {
  if (ahead === behind || mcnemar(ahead, behind) < SIGNIFICANT) return null;
  return rowsToTellApart((ahead + behind) / rows, (ahead - behind) / rows);
}

/**
 * 95 % interval of the difference of two shares on the same rows, (ahead - behind) / rows, from the two discordant
 * counts: the differences that Tango's score test does not reject (Tango 1998, Statistics in Medicine 17, 891-908,
 * eqs. 17 and 23). It has a width where the two never differ.
 */
export function pairedInterval(ahead: number, behind: number, rows: number): [number, number] {
  if (rows === 0) return [-1, 1];
  /** The test statistic falls as the difference that it supposes grows. */
  const score = (delta: number): number => {
    const b = -ahead - behind + (2 * rows - ahead + behind) * delta;
    const root = Math.sqrt(Math.max(0, b * b + 8 * rows * behind * delta * (1 - delta)));
    const variance = rows * ((root - b) / (2 * rows) + delta * (1 - delta));
    const distance = ahead - behind - rows * delta;
    return variance > 0 ? distance / Math.sqrt(variance) : Math.sign(distance) * Number.MAX_VALUE;
  };
  const where = (wanted: number): number => {
    let [low, high] = [-1, 1];
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2;
      if (score(middle) > wanted) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
  return [where(Z_975), where(-Z_975)];
}

/** Holm's adjusted p-values of several tests (Holm 1979; statsmodels `multipletests(method='holm')`), in their order. */
export function holm(values: readonly number[]): number[] {
  const order = values.map((p, i) => ({ p, i })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(values.length);
  let least = 0;
  for (const [rank, { p, i }] of order.entries()) {
    least = Math.max(least, Math.min(1, p * (values.length - rank)));
    adjusted[i] = least;
  }
  return adjusted;
}
