/** Axes for values that may span decades and hold zeros: positions in plain numbers, ticks in words. Pure. */

/** Below this ratio of the largest to the smallest a straight scale says more. */
const DECADES_FROM = 30;

export interface Axis {
  logarithmic: boolean;
  /** Where a value stands. */
  at: (value: number) => number;
  domain: [number, number];
  ticks: number[];
  /** The value at a tick. */
  value: (position: number) => number;
}

/**
 * An axis over values >= 0. Where they span decades it is logarithmic, with zero a decade below the smallest: a way
 * that trains nothing stands left of all that do.
 */
export function axisOf(values: readonly number[], niceTicks: (top: number) => number[]): Axis {
  const positive = values.filter((value) => value > 0);
  const [low, high] = [Math.min(...positive), Math.max(...positive)];
  if (positive.length === 0 || high / low < DECADES_FROM) return straight(niceTicks(high));
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.ceil(Math.log10(high) - 1e-9);
  const hasZero = values.some((value) => value <= 0);
  const zero = first - 1;
  const span = last - first;
  const step = Math.ceil(span / 6);
  const decades = Array.from({ length: Math.floor(span / step) + 1 }, (_, i) => first + i * step);
  return {
    logarithmic: true,
    at: (value) => (value > 0 ? Math.log10(value) : zero),
    domain: [hasZero ? zero : first, Math.max(last, first + 1)],
    ticks: hasZero ? [zero, ...decades] : decades,
    value: (position) => (hasZero && position === zero ? 0 : 10 ** position),
  };
}

function straight(ticks: number[]): Axis {
  return {
    logarithmic: false,
    at: (value) => value,
    domain: [0, ticks.at(-1) ?? 1],
    ticks,
    value: (position) => position,
  };
}
