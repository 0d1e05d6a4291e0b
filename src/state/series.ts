/**
 * A curve of bounded size: equal-width buckets of steps, each with its minimum, maximum and mean. When there are
 * too many, neighbours merge and the width doubles, so no peak is ever lost and ten thousand steps draw like a
 * few hundred.
 */
export interface Bucket {
  /** First and last step seen in the bucket. */
  from: number;
  to: number;
  min: number;
  max: number;
  sum: number;
  count: number;
}

export interface Series {
  /** Steps per bucket, a power of two. */
  width: number;
  buckets: readonly Bucket[];
}

export interface SeriesPoint {
  step: number;
  mean: number;
  min: number;
  max: number;
}

export const MAX_BUCKETS = 512;
export const EMPTY_SERIES: Series = { width: 1, buckets: [] };

/** Adds one value; values that are not finite are left out (the run reports them in words). */
export function append(series: Series, step: number, value: number): Series {
  if (!Number.isFinite(value)) return series;
  const last = series.buckets.at(-1);
  const slot = Math.floor(step / series.width);
  if (last && Math.floor(last.from / series.width) === slot) {
    const grown = merge(last, single(step, value));
    return { width: series.width, buckets: [...series.buckets.slice(0, -1), grown] };
  }
  const buckets = [...series.buckets, single(step, value)];
  return buckets.length > MAX_BUCKETS ? halve({ width: series.width, buckets }) : { ...series, buckets };
}

/** The series up to and including a step; a bucket that reaches beyond it goes whole. */
export function truncate(series: Series, step: number): Series {
  return { width: series.width, buckets: series.buckets.filter((bucket) => bucket.to <= step) };
}

/** What a chart draws: one point per bucket, at the middle of the steps it holds. */
export function points(series: Series): SeriesPoint[] {
  return series.buckets.map(({ from, to, min, max, sum, count }) => ({
    step: Math.round((from + to) / 2),
    mean: sum / count,
    min,
    max,
  }));
}

function halve(series: Series): Series {
  const width = series.width * 2;
  const buckets: Bucket[] = [];
  for (const bucket of series.buckets) {
    const last = buckets.at(-1);
    if (last && Math.floor(last.from / width) === Math.floor(bucket.from / width)) {
      buckets[buckets.length - 1] = merge(last, bucket);
    } else buckets.push(bucket);
  }
  return { width, buckets };
}

function single(step: number, value: number): Bucket {
  return { from: step, to: step, min: value, max: value, sum: value, count: 1 };
}

function merge(a: Bucket, b: Bucket): Bucket {
  return {
    from: Math.min(a.from, b.from),
    to: Math.max(a.to, b.to),
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    sum: a.sum + b.sum,
    count: a.count + b.count,
  };
}
