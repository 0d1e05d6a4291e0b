import { describe, expect, it } from 'vitest';
import { append, EMPTY_SERIES, MAX_BUCKETS, points, type Series, truncate } from './series';

function of(count: number, value: (step: number) => number): Series {
  let series = EMPTY_SERIES;
  for (let step = 1; step <= count; step++) series = append(series, step, value(step));
  return series;
}

describe('series', () => {
  it('keeps every point of a short run', () => {
    expect(points(of(3, (step) => step * 2))).toEqual([
      { step: 1, mean: 2, min: 2, max: 2 },
      { step: 2, mean: 4, min: 4, max: 4 },
      { step: 3, mean: 6, min: 6, max: 6 },
    ]);
  });

  it('stays bounded at 10,000 steps and loses no peak', () => {
    const series = of(10_000, (step) => (step === 7321 ? 99 : step === 41 ? -5 : 1));
    expect(series.buckets.length).toBeLessThanOrEqual(MAX_BUCKETS);
    expect(series.buckets.length).toBeGreaterThan(MAX_BUCKETS / 4);
    expect(Math.max(...points(series).map((point) => point.max))).toBe(99);
    expect(Math.min(...points(series).map((point) => point.min))).toBe(-5);
    expect(series.buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(10_000);
  });

  it('keeps the exact mean through merging', () => {
    const series = of(4096, (step) => step);
    const sum = series.buckets.reduce((total, bucket) => total + bucket.sum, 0);
    expect(sum).toBe((4096 * 4097) / 2);
  });

  it('leaves out values that are not finite, and cuts at a step', () => {
    let series = of(5, (step) => step);
    series = append(series, 6, Number.NaN);
    expect(series.buckets).toHaveLength(5);
    expect(points(truncate(series, 3)).map((point) => point.step)).toEqual([1, 2, 3]);
  });
});
