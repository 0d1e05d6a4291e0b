import { expect, test } from 'vitest';
import { zeroShot } from './zeroShot';

test('the closest label wins, and one without a vector never, however far the others are', () => {
  const [right, left] = [Float32Array.of(1, 0), Float32Array.of(-1, 0)];
  const [near = [], far = []] = zeroShot([right, left], [null, right]);
  expect(near).toEqual([0, 1]);
  expect(far).toEqual([0, 1]);
  const [between = []] = zeroShot([Float32Array.of(3, 4)], [Float32Array.of(0, 2), right]);
  // Cosines 0.8 and 0.6, at a scale of 20.
  expect(between[0]).toBeCloseTo(1 / (1 + Math.exp(-4)), 6);
});
