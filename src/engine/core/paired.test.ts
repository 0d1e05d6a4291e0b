import { describe, expect, test } from 'vitest';
import {
  fairCoinTail,
  holm,
  logFactorial,
  mcnemar,
  mcnemarWorse,
  pairedInterval,
  rowsNeeded,
  rowsToTellApart,
} from './paired';

/** Values of statsmodels 0.15 `mcnemar(exact=True)`, scipy 1.17 `binom.cdf` and `gammaln`. */
describe('exact McNemar', () => {
  test.each([
    [9, 2, 0.0654296875],
    [0, 0, 1],
    [5, 5, 1],
    [0, 8, 0.0078125],
    [40, 61, 0.046044066929342785],
    [4900, 5100, 0.04658552770494645],
    [5050, 4950, 0.32217419979531087],
  ])('b = %i, c = %i', (b, c, p) => {
    expect(mcnemar(b, c)).toBeCloseTo(p, 10);
    expect(mcnemar(c, b)).toBe(mcnemar(b, c));
  });

  test('neither overflows nor loses its digits on 10,000 discordant rows', () => {
    expect(mcnemar(4000, 6000) / 1.7404316412268293e-89).toBeCloseTo(1, 9);
    expect(mcnemar(0, 10_000)).toBe(0);
  });

  test('one-sided: only a change for the worse counts', () => {
    expect(mcnemarWorse(9, 2)).toBeCloseTo(0.03271484375, 12);
    expect(mcnemarWorse(2, 9)).toBeCloseTo(1 - 12 / 2048, 12);
    expect(mcnemarWorse(0, 0)).toBe(1);
  });

  test('binomial tail and log factorial', () => {
    expect(fairCoinTail(6, 10)).toBeCloseTo(0.828125, 14);
    expect(fairCoinTail(-1, 10)).toBe(0);
    expect(fairCoinTail(10, 10)).toBe(1);
    expect(logFactorial(170)).toBeCloseTo(706.5730622457875, 10);
    expect(logFactorial(171)).toBeCloseTo(711.71472580229, 10);
    expect(logFactorial(10_000)).toBeCloseTo(82108.92783681436, 9);
  });
});

/** statsmodels 0.15 `multipletests(method='holm')`. */
test.each([
  [
    [0.01, 0.04, 0.03, 0.005],
    [0.03, 0.06, 0.06, 0.02],
  ],
  [
    [0.6, 0.5, 0.04],
    [1, 1, 0.12],
  ],
  [[], []],
])('Holm of %j', (values, adjusted) => {
  expect(holm(values)).toHaveLength(adjusted.length);
  holm(values).forEach((p, i) => {
    expect(p).toBeCloseTo(adjusted[i] ?? Number.NaN, 12);
  });
});

describe('the interval of a paired difference', () => {
  test('as published, and turned round', () => {
    // Fagerland, Lydersen and Laake 2014 (BMC Medical Research Methodology 14:18), airway hyper-responsiveness.
    const [low, high] = pairedInterval(1, 7, 21);
    expect(low).toBeCloseTo(-0.517, 3);
    expect(high).toBeCloseTo(-0.026, 3);
    const [other, way] = pairedInterval(7, 1, 21);
    expect([other, way]).toEqual([expect.closeTo(-high, 12), expect.closeTo(-low, 12)]);
  });

  test('where the two never differ, it is the score interval of no row out of all', () => {
    const z2 = 1.959963984540054 ** 2;
    expect(pairedInterval(0, 0, 50)[1]).toBeCloseTo(z2 / (50 + z2), 10);
    expect(pairedInterval(0, 0, 0)).toEqual([-1, 1]);
    expect(pairedInterval(30, 0, 30)[1]).toBeCloseTo(1, 10);
  });

  test('covers the truth in 93 to 97.5 % of all sets of 100 rows, 3 to 40 % of them differing by whatever', () => {
    const rows = 100;
    const outcomes = Array.from({ length: rows + 1 }, (_, m) =>
      Array.from({ length: m + 1 }, (_, ahead) => pairedInterval(ahead, m - ahead, rows)),
    );
    const coverage = Array.from({ length: 38 }, (_, i) => i + 3).flatMap((discordant) =>
      Array.from({ length: discordant + 1 }, (_, difference) =>
        covered(outcomes, discordant / rows, difference / rows),
      ),
    );
    // Exact, over every outcome: 93.3 % (6 % differ, by 4 points) to 97.2 % (7 %, all one way).
    expect(Math.min(...coverage)).toBeCloseTo(0.933, 3);
    expect(Math.max(...coverage)).toBeCloseTo(0.972, 3);
  });
});

describe('rows needed to tell two predictors apart', () => {
  test('by hand: 10 % discordant, 3 points apart', () => {
    /** (1.959964 * sqrt(0.1) + 0.841621 * sqrt(0.1 - 0.0009))^2 / 0.0009 = 870.01 */
    expect(rowsToTellApart(0.1, 0.03)).toBe(870);
    expect(rowsToTellApart(0.1, -0.03)).toBe(870);
  });

  test('no difference needs infinitely many', () => {
    expect(rowsToTellApart(0.1, 0)).toBe(Number.POSITIVE_INFINITY);
  });

  test('from counts: only where there is something left to settle', () => {
    // p = 0.14 on 200 rows: 19 % differ, by 5 points.
    expect(rowsNeeded(24, 14, 200)).toBe(rowsToTellApart(0.19, 0.05));
    expect(rowsNeeded(14, 24, 200)).toBe(rowsNeeded(24, 14, 200));
    expect(rowsNeeded(70, 10, 200)).toBeNull();
    expect(rowsNeeded(9, 9, 200)).toBeNull();
    expect(rowsNeeded(0, 0, 0)).toBeNull();
  });

  test('with that many rows the exact test has close to the promised 80 % power', () => {
    for (const [discordant, difference] of [
      [0.1, 0.05],
      [0.2, 0.05],
      [0.3, 0.15],
    ] as const) {
      const rows = rowsToTellApart(discordant, difference);
      const power = exactPower(rows, discordant, difference);
      expect(power).toBeGreaterThan(0.72);
      expect(power).toBeLessThan(0.82);
    }
  });
});

function binomial(k: number, n: number, p: number): number {
  if (p === 1) return k === n ? 1 : 0;
  const ways = logFactorial(n) - logFactorial(k) - logFactorial(n - k);
  return Math.exp(ways + k * Math.log(p) + (n - k) * Math.log(1 - p));
}

/** How often the intervals, by discordant rows and those ahead, hold the true difference. */
function covered(
  outcomes: readonly (readonly [number, number])[][],
  discordant: number,
  difference: number,
): number {
  const rows = outcomes.length - 1;
  const share = (discordant + difference) / 2 / discordant;
  let sum = 0;
  outcomes.forEach((intervals, m) => {
    const chance = binomial(m, rows, discordant);
    if (chance < 1e-9) return;
    intervals.forEach(([low, high], ahead) => {
      if (low <= difference && difference <= high) sum += chance * binomial(ahead, m, share);
    });
  });
  return sum;
}

/** P(exact McNemar p < 0.05), summed over every count of discordant rows and every way they fall. */
function exactPower(rows: number, discordant: number, difference: number): number {
  const share = (discordant + difference) / 2 / discordant;
  let power = 0;
  for (let m = 0; m <= rows; m++) {
    const chance = binomial(m, rows, discordant);
    if (chance < 1e-9) continue;
    for (let fixed = 0; fixed <= m; fixed++) {
      if (mcnemar(fixed, m - fixed) < 0.05) power += chance * binomial(fixed, m, share);
    }
  }
  return power;
}
