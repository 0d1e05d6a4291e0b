import { describe, expect, it } from 'vitest';
import { about, bytes, count, duration, figure, magnitude, percent, plural, points, pValue } from './format';

describe('format', () => {
  it('writes counts exactly and measurements in three figures', () => {
    expect(count(10_003)).toBe('10,003');
    expect(figure(0.13249)).toBe('0.132');
    expect(figure(1234.5)).toBe('1,230');
    expect(figure(0.00002)).toBe('2×10⁻⁵');
    expect(figure(0)).toBe('0');
    expect(figure(Number.NaN)).toBe('not a number');
  });

  it('writes shares, differences and p-values', () => {
    expect(percent(0.91666)).toBe('91.7 %');
    expect(points(0.125)).toBe('+12.5 points');
    expect(points(-0.01)).toBe('−1.0 points');
    expect(pValue(0.00001)).toBe('p < 0.001');
    expect(pValue(0.031)).toBe('p = 0.031');
  });

  it('writes sizes, spans and plurals', () => {
    expect(bytes(0)).toBe('0 bytes');
    expect(bytes(23_412_000)).toBe('23.4 MB');
    expect(duration(200)).toBe('3 min 20 s');
    expect(duration(3900)).toBe('1 h 05 min');
    expect(about(42)).toBe('~40 s');
    expect(plural(1, 'row')).toBe('1 row');
    expect(plural(2, 'class', 'classes')).toBe('2 classes');
    expect(magnitude(22_700_000)).toBe('22.7 million');
  });
});
