/** Streams repeat, differ from each other, and draw what they say. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from './random';

const STABLE = [460, 1, 491, 214, 898, 646];

const take = (seed: number, stream: string): number[] => {
  const rng = random(seed, stream);
  return Array.from({ length: 6 }, () => rng.int(1000));
};

describe('a stream', () => {
  test('draws these numbers for good: saved runs depend on them', () => {
    expect(take(1, 'split/order')).toEqual(STABLE);
  });

  test('repeats by seed and name, and differs by either', () => {
    expect(take(1, 'a')).toEqual(take(1, 'a'));
    expect(take(1, 'a')).not.toEqual(take(2, 'a'));
    expect(take(1, 'a')).not.toEqual(take(1, 'b'));
    expect(take(1, 'epoch/1')).not.toEqual(take(1, 'epoch/10'));
  });

  test('does not notice what others draw', () => {
    const [one, other] = [random(1, 'a'), random(1, 'b')];
    const mixed = Array.from({ length: 6 }, () => {
      other.float();
      return one.int(1000);
    });
    expect(mixed).toEqual(take(1, 'a'));
  });
});

describe('draws', () => {
  test('integers lie in [0, below) and reach both ends', () => {
    const rng = random(1, 'int');
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 7000; i++) {
      const value = rng.int(7);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    expect(counts).toHaveLength(7);
    // Four standard deviations of a count of 1000.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  test('floats are even over [0, 1)', () => {
    const rng = random(1, 'float');
    const values = Array.from({ length: 10_000 }, () => rng.float());
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(Math.abs(values.reduce((a, b) => a + b, 0) / values.length - 0.5)).toBeLessThan(0.012);
  });

  test('normals have mean 0 and deviation 1', () => {
    const rng = random(1, 'normal');
    const values = Array.from({ length: 10_000 }, () => rng.normal());
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.04);
    expect(Math.abs(variance - 1)).toBeLessThan(0.06);
  });

  test('a shuffle keeps every item and leaves its input alone', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
        const before = [...items];
        const shuffled = random(seed, 'shuffle').shuffle(items);
        expect(items).toEqual(before);
        const numeric = (a: number, b: number): number => a - b;
        expect(shuffled.sort(numeric)).toEqual(before.sort(numeric));
      }),
    );
  });

  test('each item is as likely in each place', () => {
    const places = [0, 0, 0];
    for (let seed = 0; seed < 3000; seed++) {
      const at = random(seed, 'fair').shuffle(['a', 'b', 'c']).indexOf('a');
      places[at] = (places[at] ?? 0) + 1;
    }
    for (const count of places) expect(Math.abs(count - 1000)).toBeLessThan(105);
  });
});
