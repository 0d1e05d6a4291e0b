/** Which label is taken for which, counted from the test rows. */
import type { Side, TestRow } from './rows';

/** counts[true][predicted] */
export type Confusion = readonly (readonly number[])[];

export function confusionOf(rows: readonly TestRow[], side: Side, classes: number): Confusion {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const row of rows) {
    const line = counts[row.expected];
    const column = row[side].label;
    if (line) line[column] = (line[column] ?? 0) + 1;
  }
  return counts;
}

export interface ConfusedPair {
  expected: number;
  predicted: number;
  count: number;
  /** Rows that truly carry `expected`. */
  of: number;
}

/** The mistakes made most often, most frequent first. */
export function confusedPairs(confusion: Confusion, limit: number): ConfusedPair[] {
  const pairs: ConfusedPair[] = [];
  confusion.forEach((line, expected) => {
    const of = line.reduce((sum, count) => sum + count, 0);
    line.forEach((count, predicted) => {
      if (count > 0 && predicted !== expected) pairs.push({ expected, predicted, count, of });
    });
  });
  return pairs
    .sort((a, b) => b.count - a.count || b.count / b.of - a.count / a.of || a.expected - b.expected)
    .slice(0, limit);
}
