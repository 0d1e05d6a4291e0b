/** Precision, recall and F1 of each label before and after, from the two confusion matrices. */
import type { Confusion } from './confusion';

export interface ClassScores {
  precision: number;
  recall: number;
  f1: number;
  /** Rows of this label that were found. */
  hits: number;
}

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

/** A share of nothing is 0, as in scikit-learn's zero_division. */
const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

function scoresOf(confusion: Confusion, label: number): ClassScores {
  const line = confusion[label] ?? [];
  const hits = line[label] ?? 0;
  const support = line.reduce((sum, count) => sum + count, 0);
  const predicted = confusion.reduce((sum, other) => sum + (other[label] ?? 0), 0);
  return {
    precision: share(hits, predicted),
    recall: share(hits, support),
    f1: share(2 * hits, support + predicted),
    hits,
  };
}

export function classRows(classes: readonly string[], before: Confusion, after: Confusion): ClassRow[] {
  return classes.map((name, label) => ({
    label,
    name,
    n: (after[label] ?? []).reduce((sum, count) => sum + count, 0),
    before: scoresOf(before, label),
    after: scoresOf(after, label),
  }));
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

export function sortClassRows(rows: readonly ClassRow[], { column, descending }: ClassOrder): ClassRow[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const difference =
      column === 'name'
        ? a.name.localeCompare(b.name, undefined, { numeric: true })
        : sortValue(a, column) - sortValue(b, column);
    return sign * difference || a.label - b.label;
  });
}
