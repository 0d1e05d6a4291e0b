import type { CurvePoint, MoreData } from '../core/study';

export function moreData(_points: readonly CurvePoint[], _testRows: number): MoreData[] {
  return [];
}
