/** From measured curves to rows that a chart draws: pure, bounded, and the same for every view. */
import type { SeriesPoint } from '../../state/series';

/** 'line' solid; 'points' dashed with a ring at each value; 'faint' the unsmoothed trace behind a line. */
type CurveLook = 'line' | 'points' | 'faint';

export interface Curve {
  key: string;
  label: string;
  look: CurveLook;
  /** A CSS colour, usually a theme variable. */
  colour: string;
}

export interface CurveRow {
  step: number;
  [curve: string]: number;
}

export interface CurvePoint {
  step: number;
  value: number;
}

/**
 * Exponential moving average with bias correction (Kingma & Ba 2014, section 3), so that the first points are
 * not pulled towards zero. `decay` is per point.
 */
export function smooth(points: readonly CurvePoint[], decay = 0.9): CurvePoint[] {
  let sum = 0;
  let weight = 0;
  return points.map(({ step, value }) => {
    sum = decay * sum + (1 - decay) * value;
    weight = decay * weight + (1 - decay);
    return { step, value: sum / weight };
  });
}

export function meansOf(points: readonly SeriesPoint[]): CurvePoint[] {
  return points.map(({ step, mean }) => ({ step, value: mean }));
}

/** One row per step that any curve knows, in order of steps; values that are not finite are left out. */
export function mergeCurves(curves: Readonly<Record<string, readonly CurvePoint[]>>): CurveRow[] {
  const rows = new Map<number, CurveRow>();
  for (const [name, points] of Object.entries(curves)) {
    for (const { step, value } of points) {
      if (!Number.isFinite(value)) continue;
      const row = rows.get(step) ?? { step };
      row[name] = value;
      rows.set(step, row);
    }
  }
  return [...rows.values()].sort((a, b) => a.step - b.step);
}

/** Round tick positions from zero to `end`, about `wanted` of them. */
export function roundTicks(end: number, wanted = 6): number[] {
  if (end <= 0) return [0];
  const rough = end / wanted;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const size = Math.max(1, [1, 2, 5, 10].map((m) => m * decade).find((m) => m >= rough) ?? decade);
  const ticks: number[] = [];
  for (let tick = 0; tick <= end; tick += size) ticks.push(Math.round(tick));
  return ticks;
}

/** Round values from zero to just above `top`, four to six steps apart by 1, 2, 2.5 or 5 of a decade. */
export function niceTicks(top: number): number[] {
  if (!(top > 0) || !Number.isFinite(top)) return [0, 1];
  const decade = 10 ** Math.floor(Math.log10(top / 5));
  const size = [1, 2, 2.5, 5, 10].map((m) => m * decade).find((step) => top / step <= 5.001) ?? top;
  const steps = Math.ceil(top / size - 1e-9);
  return Array.from({ length: steps + 1 }, (_, i) => Number((i * size).toPrecision(12)));
}
