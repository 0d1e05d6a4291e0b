import { describe, expect, test } from 'vitest';
import { random } from '../core/random';
import type { CurvePoint } from '../core/study';
import { moreData } from './learningCurve';

const SIZES = [30, 100, 300, 600];

/** accuracy(n) = a - b n^-c, with the luck of test rows and of draws. */
interface Law {
  a: number;
  b: number;
  c: number;
}

const accuracyAt = ({ a, b, c }: Law, rows: number): number => a - b * rows ** -c;

/**
 * Test rows have a hardness; at accuracy p the p easiest are right, but for a share of rows that each model
 * shuffles anew, which is the luck of the draw.
 */
function curveOf(law: Law, testRows: number, seed: number, draws = 3): CurvePoint[] {
  const draw = random(seed, 'curve');
  const hardness = Array.from({ length: testRows }, () => draw.float());
  return SIZES.map((rows) => ({
    arm: 'a',
    rows,
    draws: Array.from({ length: rows === 600 ? 1 : draws }, (_, i) => {
      const level = accuracyAt(law, rows) + 0.01 * draw.normal();
      const right = hardness.filter((hard) => (draw.float() < 0.4 ? draw.float() : hard) < level).length;
      return { seed: i, accuracy: right / testRows, macro_f1: 0 };
    }),
  }));
}

const exact = (law: Law): CurvePoint[] =>
  SIZES.map((rows) => ({
    arm: 'a',
    rows,
    draws: [-0.001, 0.001].map((luck, seed) => ({
      seed,
      accuracy: accuracyAt(law, rows) + luck,
      macro_f1: 0,
    })),
  }));

const one = (points: readonly CurvePoint[], testRows: number) => {
  const [answer] = moreData(points, testRows);
  if (!answer) throw new Error('no answer');
  return answer;
};

describe('would more data help?', () => {
  test.each<[string, Law]>([
    ['a slow law', { a: 1, b: 1.2, c: 0.2 }],
    ['a fast law', { a: 0.95, b: 2, c: 0.5 }],
  ])('without luck the expected gain is the law’s: %s', (_, law) => {
    const { gain, ci95, verdict } = one(exact(law), 1_000_000);
    const truth = accuracyAt(law, 1200) - accuracyAt(law, 600);
    expect(verdict).toBe('yes');
    expect(Math.abs(gain - truth)).toBeLessThan(0.004);
    expect(ci95[0]).toBeLessThan(truth);
    expect(ci95[1]).toBeGreaterThan(truth);
  });

  test('a level curve on many test rows: no', () => {
    const { verdict, ci95 } = one(exact({ a: 0.9, b: 0, c: 1 }), 20_000);
    expect(verdict).toBe('no');
    expect(ci95[1]).toBeLessThan(0.01);
  });

  test('the same curve on 100 test rows: cannot tell', () => {
    const { verdict, message } = one(exact({ a: 0.9, b: 0, c: 1 }), 100);
    expect(verdict).toBe('cannot-tell');
    expect(message).toMatch(/from 600 to 1200 training rows: .* on 100 test rows/);
  });

  test('two sizes, or a single draw of each, do not answer', () => {
    const points = exact({ a: 0.95, b: 2, c: 0.5 });
    expect(one(points.slice(-2), 1000)).toMatchObject({ verdict: 'cannot-tell', ci95: [-1, 1] });
    const single = points.map((point) => ({ ...point, draws: point.draws.slice(0, 1) }));
    expect(one(single, 1000).message).toMatch(/drawn only once/);
  });

  test('each arm by itself, and none without points', () => {
    const points = exact({ a: 0.95, b: 2, c: 0.5 });
    const both = moreData([...points, ...points.map((point) => ({ ...point, arm: 'b' }))], 500);
    expect(both.map(({ arm }) => arm)).toEqual(['a', 'b']);
    expect(both[0]).toEqual({ ...both[1], arm: 'a' });
    expect(moreData([], 500)).toEqual([]);
  });

  test.each<[string, Law, number]>([
    ['a slow law on 150 rows', { a: 1, b: 1.2, c: 0.2 }, 150],
    ['a fast law on 150 rows', { a: 0.95, b: 2, c: 0.5 }, 150],
    ['a fast law on 1,000 rows', { a: 0.95, b: 2, c: 0.5 }, 1000],
    ['no gain at all on 150 rows', { a: 0.8, b: 0, c: 1 }, 150],
  ])('the interval covers the true gain at least 93 times in 100: %s', (_, law, testRows) => {
    const truth = accuracyAt(law, 1200) - accuracyAt(law, 600);
    let covered = 0;
    for (let seed = 0; seed < 400; seed++) {
      const { ci95 } = one(curveOf(law, testRows, seed), testRows);
      if (ci95[0] <= truth && truth <= ci95[1]) covered += 1;
    }
    expect(covered).toBeGreaterThanOrEqual(372);
  });
});
