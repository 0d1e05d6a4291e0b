import { describe, expect, it } from 'vitest';
import { mergeCurves, niceTicks, roundTicks, smooth } from './curveData';

describe('curves', () => {
  it('smooths without pulling the start towards zero', () => {
    const flat = smooth([1, 2, 3].map((step) => ({ step, value: 2 })));
    for (const point of flat) expect(point.value).toBeCloseTo(2, 12);
    const two = smooth([
      { step: 1, value: 1 },
      { step: 2, value: 0 },
    ]);
    // (0.9 * 0.1 * 1 + 0) / (1 - 0.81)
    expect(two[1]?.value).toBeCloseTo(0.09 / 0.19, 12);
  });

  it('merges curves by step and drops what is not finite', () => {
    expect(
      mergeCurves({
        train: [
          { step: 1, value: 3 },
          { step: 2, value: Number.NaN },
        ],
        validation: [
          { step: 2, value: 2 },
          { step: 1, value: 4 },
        ],
      }),
    ).toEqual([
      { step: 1, train: 3, validation: 4 },
      { step: 2, validation: 2 },
    ]);
  });

  it('puts ticks on round steps', () => {
    expect(roundTicks(120)).toEqual([0, 20, 40, 60, 80, 100, 120]);
    expect(roundTicks(10_000)).toEqual([0, 2000, 4000, 6000, 8000, 10000]);
    expect(roundTicks(3)).toEqual([0, 1, 2, 3]);
    expect(roundTicks(0)).toEqual([0]);
  });

  it('puts values on round ticks that reach the top', () => {
    expect(niceTicks(2.6)).toEqual([0, 1, 2, 3]);
    expect(niceTicks(2.2)).toEqual([0, 0.5, 1, 1.5, 2, 2.5]);
    expect(niceTicks(1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(niceTicks(0.001)).toEqual([0, 0.0002, 0.0004, 0.0006, 0.0008, 0.001]);
    expect(niceTicks(0)).toEqual([0, 1]);
  });
});
