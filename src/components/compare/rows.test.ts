import { describe, expect, it } from 'vitest';
import { confusedPairs, confusionOf } from './confusion';
import { classRows, sortClassRows } from './perClass';
import { countOutcomes, selectRows, strongest, testRows } from './rows';

const classes = ['billing', 'login', 'refund'];
const row = (line: number, text: string, expected: number, before: number[], after: number[]) => ({
  line,
  text,
  expected,
  before,
  after,
});
const rows = testRows({
  classes,
  rows: [
    row(2, 'Charged twice', 0, [0.2, 0.5, 0.3], [0.9, 0.05, 0.05]),
    row(3, 'Cannot sign in', 1, [0.1, 0.8, 0.1], [0.6, 0.3, 0.1]),
    row(4, 'Money back please', 2, [0.4, 0.3, 0.3], [0.5, 0.1, 0.4]),
    row(5, 'Password reset', 1, [0.1, 0.8, 0.1], [0.05, 0.9, 0.05]),
    row(6, 'Return my order', 2, [0.4, 0.3, 0.3], [0.7, 0.1, 0.2]),
  ],
});
const query = { tab: 'all', search: '', order: 'file', cell: null } as const;
const lines = (selected: readonly { line: number }[]) => selected.map((each) => each.line);

describe('test rows', () => {
  it('counts what tuning did to each row', () => {
    expect(countOutcomes(rows)).toEqual({ fixed: 1, broken: 1, wrong: 2, right: 1 });
  });

  it('takes the first label on a tie, as numpy does', () => {
    expect(strongest([0.4, 0.4, 0.2])).toEqual({ label: 0, confidence: 0.4 });
  });

  it('selects by tab, by words in text or labels, and by matrix cell', () => {
    expect(lines(selectRows(rows, classes, { ...query, tab: 'wrong' }))).toEqual([4, 6]);
    expect(lines(selectRows(rows, classes, { ...query, search: 'PASSWORD' }))).toEqual([5]);
    expect(lines(selectRows(rows, classes, { ...query, search: 'refund' }))).toEqual([4, 6]);
    const cell = { side: 'after', expected: 1, predicted: 0 } as const;
    expect(lines(selectRows(rows, classes, { ...query, cell }))).toEqual([3]);
  });

  it('sorts by the tuned model’s confidence without touching the source', () => {
    expect(lines(selectRows(rows, classes, { ...query, order: 'surest' }))).toEqual([2, 5, 6, 3, 4]);
    expect(lines(selectRows(rows, classes, { ...query, order: 'least-sure' }))).toEqual([4, 3, 6, 2, 5]);
    expect(lines(rows)).toEqual([2, 3, 4, 5, 6]);
  });
});

describe('confusion and per-class scores', () => {
  const after = confusionOf(rows, 'after', 3);

  it('counts true against predicted', () => {
    expect(after).toEqual([
      [1, 0, 0],
      [1, 1, 0],
      [2, 0, 0],
    ]);
  });

  it('lists the most frequent mistakes first', () => {
    expect(confusedPairs(after, 5)).toEqual([
      { expected: 2, predicted: 0, count: 2, of: 2 },
      { expected: 1, predicted: 0, count: 1, of: 2 },
    ]);
  });

  it('computes precision, recall and F1 0 where nothing was found', () => {
    const [billing, login, refund] = classRows(rows, classes);
    expect(billing?.after).toMatchObject({ precision: 0.25, recall: 1, f1: 0.4, hits: 1, support: 1 });
    expect(login?.after.f1).toBeCloseTo(2 / 3, 12);
    expect(refund?.after).toMatchObject({ precision: 0, recall: 0, f1: 0, hits: 0 });
  });

  it('puts labels without test rows last, whichever score sorts', () => {
    const table = classRows(rows, [...classes, 'never']);
    for (const descending of [true, false]) {
      expect(sortClassRows(table, { column: 'f1', descending }).at(-1)?.name).toBe('never');
    }
  });

  it('sorts by name and by change', () => {
    const table = classRows(rows, classes);
    const by = (column: 'name' | 'change', descending: boolean) =>
      sortClassRows(table, { column, descending }).map((each) => each.name);
    expect(by('name', true)).toEqual(['refund', 'login', 'billing']);
    expect(by('change', true)).toEqual(['billing', 'refund', 'login']);
  });
});
