/** Shares of one as table cells, the unit spelled once. */

/** 0.615, 0.986 → 61.5–98.6 % */
export function rangeText([low, high]: readonly [number, number], decimals = 1): string {
  return `${(low * 100).toFixed(decimals)}–${(high * 100).toFixed(decimals)} %`;
}

/** A share of few rows: a label seldom has the hundred test rows that a decimal would need. */
export function wholePercent(share: number): string {
  return (share * 100).toFixed(0);
}
