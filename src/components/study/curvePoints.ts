/** The learning curve of each way: mean and spread over draws, by number of training rows. Pure. */
import type { CurvePoint } from '../../engine/core/study';

export interface MeanPoint {
  rows: number;
  mean: number;
  low: number;
  high: number;
  draws: number;
}

/** By key of the way; points in order of rows. */
export function meansByArm(points: readonly CurvePoint[]): Map<string, MeanPoint[]> {
  const byArm = new Map<string, MeanPoint[]>();
  for (const { arm, rows, draws } of points) {
    if (draws.length === 0) continue;
    const scores = draws.map(({ accuracy }) => accuracy);
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    const point = { rows, mean, low: Math.min(...scores), high: Math.max(...scores), draws: scores.length };
    byArm.set(arm, [...(byArm.get(arm) ?? []), point]);
  }
  for (const found of byArm.values()) found.sort((a, b) => a.rows - b.rows);
  return byArm;
}
