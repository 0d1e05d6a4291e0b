/** Precision, recall and F1 of each label before and after. */
import { type ClassScores, countClasses, perClass } from '../../engine/evaluation/metrics';
import type { Side, TestRow } from './rows';

export interface ClassRow {
  label: number;
  name: string;
  /** Test rows that truly carry the label. */
  n: number;
  before: ClassScores;
  after: ClassScores;
}

export type ClassColumn = 'name' | 'n' | 'precision' | 'recall' | 'f1' | 'change';
export interface ClassOrder {
  column: ClassColumn;
  descending: boolean;
}

export function classRows(rows: readonly TestRow[], classes: readonly string[]): ClassRow[] {
  const expected = rows.map((row) => row.expected);
  const scores = (side: Side): ClassScores[] =>
    perClass(
      countClasses(
        expected,
        rows.map((row) => row[side].label),
        classes.length,
      ),
    );
  const before = scores('before');
  const after = scores('after');
  return classes.flatMap((name, label) => {
    const [then, now] = [before[label], after[label]];
    return then && now ? [{ label, name, n: now.support, before: then, after: now }] : [];
  });
}

function sortValue(row: ClassRow, column: Exclude<ClassColumn, 'name'>): number {
  switch (column) {
    case 'n':
      return row.n;
    case 'precision':
    case 'recall':
    case 'f1':
      return row.after[column];
    case 'change':
      return row.after.f1 - row.before.f1;
    default:
      return column satisfies never;
  }
}

/** Labels without test rows have no score: they stand last, whichever score sorts. */
export function sortClassRows(rows: readonly ClassRow[], { column, descending }: ClassOrder): ClassRow[] {
  const sign = descending ? -1 : 1;
  const unscored = (row: ClassRow): number => (column !== 'name' && column !== 'n' && row.n === 0 ? 1 : 0);
  return [...rows].sort((a, b) => {
    const difference =
      column === 'name'
        ? a.name.localeCompare(b.name, undefined, { numeric: true })
        : sortValue(a, column) - sortValue(b, column);
    return unscored(a) - unscored(b) || sign * difference || a.label - b.label;
  });
}
