/** Shares of one as table cells: the unit spelled once. */

/** The first half of 'before → after', whose second half carries the unit. */
export function shareNumber(share: number): string {
  return (share * 100).toFixed(1);
}

/** 0.615, 0.986 → 61.5–98.6 % */
export function rangeText([low, high]: readonly [number, number]): string {
  return `${shareNumber(low)}–${shareNumber(high)} %`;
}
