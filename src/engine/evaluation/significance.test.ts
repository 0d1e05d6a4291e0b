import { describe, expect, test } from 'vitest';
import { logFactorial } from '../core/paired';
import { random } from '../core/random';
import { macroF1Interval, pairedIntervals, wilson } from './significance';

describe('Wilson interval', () => {
  /** statsmodels 0.15 `proportion_confint(method='wilson')`. */
  test.each([
    [45, 50, 0.7863976856252034, 0.9565242350681095],
    [0, 10, 0, 0.27753279986288926],
    [10, 10, 0.7224672001371106, 1],
    [500, 1000, 0.4690696003681042, 0.5309303996318958],
  ])('%i of %i', (hits, rows, low, high) => {
    expect(wilson(hits, rows)[0]).toBeCloseTo(low, 12);
    expect(wilson(hits, rows)[1]).toBeCloseTo(high, 12);
  });

  test.each([0.6, 0.75, 0.9, 0.95])(
    'covers a true share of %f in 93 to 97 % of 10,000 sets of 100 rows',
    (share) => {
      let covered = 0;
      for (let seed = 0; seed < 10_000; seed++) {
        const draw = random(seed, `wilson/${share}`);
        let hits = 0;
        for (let row = 0; row < 100; row++) if (draw.float() < share) hits += 1;
        const [low, high] = wilson(hits, 100);
        if (low <= share && share <= high) covered += 1;
      }
      expect(covered).toBeGreaterThanOrEqual(9300);
      expect(covered).toBeLessThanOrEqual(9700);
    },
  );

  test('exact over all outcomes of 100 rows, for every true share from 50 to 97 %', () => {
    const intervals = Array.from({ length: 101 }, (_, hits) => wilson(hits, 100));
    const coverage = Array.from({ length: 941 }, (_, i) => 0.5 + i / 2000).map((share) =>
      intervals.reduce((sum, [low, high], hits) => {
        if (share < low || high < share) return sum;
        const ways = logFactorial(100) - logFactorial(hits) - logFactorial(100 - hits);
        return sum + Math.exp(ways + hits * Math.log(share) + (100 - hits) * Math.log(1 - share));
      }, 0),
    );
    // Counts are whole, so that coverage jumps with the share: 95 % on average, 92.7 % (at 94.5 %) at the least.
    expect(coverage.reduce((sum, one) => sum + one, 0) / coverage.length).toBeCloseTo(0.95, 2);
    expect(Math.min(...coverage)).toBeCloseTo(0.927, 3);
    expect(Math.max(...coverage)).toBeCloseTo(0.977, 3);
  });

  test('without rows anything is possible', () => {
    expect(wilson(0, 0)).toEqual([0, 1]);
  });
});

interface Population {
  /** Share of each class, and the accuracy within it; mistakes fall evenly on the other classes. */
  prior: readonly number[];
  accuracy: number;
}

function sample({ prior, accuracy }: Population, rows: number, seed: number) {
  const draw = random(seed, 'population');
  const expected = new Int32Array(rows);
  const predicted = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    let left = draw.float();
    let truth = 0;
    while (truth < prior.length - 1 && left >= (prior[truth] ?? 0)) {
      left -= prior[truth] ?? 0;
      truth += 1;
    }
    const right = draw.float() < accuracy;
    expected[i] = truth;
    predicted[i] = right ? truth : (truth + 1 + draw.int(prior.length - 1)) % prior.length;
  }
  return { expected, predicted };
}

function trueMacroF1({ prior, accuracy }: Population): number {
  const wrong = (1 - accuracy) / (prior.length - 1);
  const f1 = prior.map((share) => {
    const predicted = share * accuracy + (1 - share) * wrong;
    return (2 * share * accuracy) / (share + predicted);
  });
  return f1.reduce((a, b) => a + b, 0) / f1.length;
}

describe('bootstrap of macro F1', () => {
  test.each<[string, Population]>([
    ['two even classes', { prior: [0.5, 0.5], accuracy: 0.85 }],
    ['three uneven classes', { prior: [0.6, 0.3, 0.1], accuracy: 0.8 }],
    ['four uneven classes', { prior: [0.4, 0.3, 0.2, 0.1], accuracy: 0.75 }],
  ])('covers the truth in 930 to 970 of 1,000 sets of 100 rows: %s', (_, population) => {
    const truth = trueMacroF1(population);
    let covered = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const { expected, predicted } = sample(population, 100, seed);
      const [low, high] = macroF1Interval(
        expected,
        predicted,
        population.prior.length,
        random(seed, 'test'),
        600,
      );
      if (low <= truth && truth <= high) covered += 1;
    }
    expect(covered).toBeGreaterThanOrEqual(930);
    expect(covered).toBeLessThanOrEqual(970);
  });

  test('the same seed gives the same interval, around the point', () => {
    const { expected, predicted } = sample({ prior: [0.5, 0.5], accuracy: 0.8 }, 200, 1);
    const once = macroF1Interval(expected, predicted, 2, random(4, 's'));
    expect(macroF1Interval(expected, predicted, 2, random(4, 's'))).toEqual(once);
    expect(once[1] - once[0]).toBeGreaterThan(0.08);
    expect(once[1] - once[0]).toBeLessThan(0.14);
  });

  test('a sample without an error is not taken for certainty', () => {
    const rows = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1];
    expect(macroF1Interval(rows, rows, 2, random(1, 's'))).toEqual([wilson(10, 10)[0], 1]);
  });
});

describe('paired bootstrap', () => {
  /** 200 rows of class 0 and 1; b is wrong on 60, a on 20 of those and 10 others. */
  const expected = Array.from({ length: 200 }, (_, row) => row % 2);
  const flip = (wrong: (row: number) => boolean) =>
    expected.map((truth, row) => (wrong(row) ? 1 - truth : truth));
  const b = flip((row) => row < 60);
  const a = flip((row) => row < 20 || (row >= 60 && row < 70));

  test('agrees with the normal interval of a paired difference', () => {
    const { accuracy, macroF1 } = pairedIntervals(expected, a, b, 2, random(1, 's'));
    /** d = (40 - 10)/200; var = (psi - d^2)/n with psi = 50/200. */
    const half = 1.96 * Math.sqrt((0.25 - 0.15 ** 2) / 200);
    expect(Math.abs(accuracy[0] - (0.15 - half))).toBeLessThan(0.008);
    expect(Math.abs(accuracy[1] - (0.15 + half))).toBeLessThan(0.008);
    expect(Math.abs(macroF1[0] - accuracy[0])).toBeLessThan(0.01);
  });

  /** Rows where the two differ, and by how much a is the better. */
  test.each([
    [0.08, 0.04],
    [0.2, 0],
    [0.3, 0.15],
  ])('covers the truth in 93 to 97 % of 500 sets of 100 rows: %f differ, by %f', (discordant, difference) => {
    const truth = Array.from({ length: 100 }, (_, row) => row % 2);
    let covered = 0;
    for (let seed = 0; seed < 500; seed++) {
      const draw = random(seed, `paired/${discordant}`);
      const states = truth.map(() => draw.float());
      const wrong = (row: number, below: number, above: number): boolean =>
        (states[row] ?? 0) >= below && (states[row] ?? 0) < above;
      const ahead = (discordant + difference) / 2;
      const answers = (below: number, above: number) =>
        truth.map((label, row) => (wrong(row, below, above) ? 1 - label : label));
      const { accuracy } = pairedIntervals(
        truth,
        answers(ahead, discordant),
        answers(0, ahead),
        2,
        random(seed, 'test'),
        400,
      );
      if (accuracy[0] - 1e-9 <= difference && difference <= accuracy[1] + 1e-9) covered += 1;
    }
    expect(covered).toBeGreaterThanOrEqual(465);
    expect(covered).toBeLessThanOrEqual(485);
  });

  test('turns round with its arguments', () => {
    const one = pairedIntervals(expected, a, b, 2, random(1, 's'));
    const other = pairedIntervals(expected, b, a, 2, random(1, 's'));
    expect(other.accuracy[0]).toBeCloseTo(-one.accuracy[1], 12);
    expect(other.macroF1[1]).toBeCloseTo(-one.macroF1[0], 12);
  });

  test('the same answers on few rows are not taken for equal models', () => {
    const { accuracy } = pairedIntervals([0, 1, 1], [0, 1, 0], [0, 1, 0], 2, random(1, 's'));
    expect(accuracy).toEqual([-wilson(0, 3)[1], wilson(0, 3)[1]]);
  });
});
