import { describe, expect, it } from 'vitest';
import { axisOf } from './axis';
import { niceTicks } from './curveData';
import { placeLabels } from './placeLabels';

describe('axisOf', () => {
  it('is straight within a decade or so, from zero', () => {
    const axis = axisOf([2, 5, 11], niceTicks);
    expect(axis.logarithmic).toBe(false);
    expect(axis.domain).toEqual([0, 12.5]);
    expect(axis.at(5)).toBe(5);
  });

  it('counts decades where values span them, with zero a decade below', () => {
    const axis = axisOf([0, 800, 22_000_000], niceTicks);
    expect(axis.logarithmic).toBe(true);
    expect(axis.domain).toEqual([1, 8]);
    expect(axis.at(0)).toBe(1);
    expect(axis.value(1)).toBe(0);
    expect(axis.ticks.slice(1).map((tick) => axis.value(tick))).toEqual([1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8]);
  });

  it('holds when nothing costs anything', () => {
    expect(axisOf([0, 0], niceTicks).domain).toEqual([0, 1]);
  });
});

describe('placeLabels', () => {
  it('moves names apart that would lie on each other', () => {
    const spots = [100, 102, 104].map((y, i) => ({ key: `${i}`, x: 50, y, text: 'Adapter' }));
    const ys = placeLabels(spots, 500, 0, 300)
      .map(({ labelY }) => labelY)
      .sort((a, b) => a - b);
    expect((ys[1] ?? 0) - (ys[0] ?? 0)).toBeGreaterThanOrEqual(17);
    expect((ys[2] ?? 0) - (ys[1] ?? 0)).toBeGreaterThanOrEqual(17);
  });

  it('keeps names off the bars through other points', () => {
    const spots = [
      { key: 'a', x: 50, y: 100, text: 'Adapter', bar: [80, 120] as const },
      { key: 'b', x: 80, y: 104, text: 'Head', bar: [84, 124] as const },
    ];
    const { labelY = 0 } = placeLabels(spots, 500, 0, 300).find(({ key }) => key === 'a') ?? {};
    expect(labelY + 8.5 <= 84 || labelY - 8.5 >= 124).toBe(true);
  });

  it('turns a name to the left where the right edge is near', () => {
    expect(placeLabels([{ key: 'a', x: 480, y: 50, text: 'Adapter' }], 500, 0, 300)[0]?.anchor).toBe('end');
  });
});
