import { describe, expect, it } from 'vitest';
import { entryOf, moveInGrid } from './gridKeys';

const confusion = [
  [3, 0, 1, 0],
  [0, 0, 0, 0],
  [0, 2, 4, 0],
  [0, 0, 0, 5],
];
const from = (row: number, column: number, key: string, ctrl = false) => {
  const next = moveInGrid(key, ctrl, { row, column }, confusion);
  return next && [next.row, next.column];
};

describe('keys in the matrix', () => {
  it('goes left and right over filled cells, on into the next row', () => {
    expect(from(0, 0, 'ArrowRight')).toEqual([0, 2]);
    expect(from(0, 2, 'ArrowRight')).toEqual([2, 1]);
    expect(from(2, 1, 'ArrowLeft')).toEqual([0, 2]);
    expect(from(3, 3, 'ArrowRight')).toBeNull();
  });

  it('goes up and down to the nearest filled cell, past empty rows', () => {
    expect(from(0, 0, 'ArrowDown')).toEqual([2, 1]);
    expect(from(2, 2, 'ArrowDown')).toEqual([3, 3]);
    expect(from(3, 3, 'ArrowUp')).toEqual([2, 2]);
    expect(from(0, 0, 'ArrowUp')).toBeNull();
  });

  it('knows Home and End, and leaves other keys alone', () => {
    expect(from(2, 2, 'Home')).toEqual([2, 1]);
    expect(from(0, 0, 'End')).toEqual([0, 2]);
    expect(from(0, 0, 'End', true)).toEqual([3, 3]);
    expect(from(3, 3, 'Home', true)).toEqual([0, 0]);
    expect(from(0, 0, 'Enter')).toBeNull();
  });

  it('enters at a filled cell', () => {
    expect(entryOf(confusion, { row: 2, column: 1 })).toEqual({ row: 2, column: 1 });
    expect(entryOf(confusion, { row: 1, column: 1 })).toEqual({ row: 0, column: 0 });
  });
});
