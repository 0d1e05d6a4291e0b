/** Which label is taken for which, counted from the test rows. */
import { confusionMatrix } from '../../engine/evaluation/metrics';
import type { Side, TestRow } from './rows';

/** counts[true][predicted] */
export type Confusion = readonly (readonly number[])[];

export function confusionOf(rows: readonly TestRow[], side: Side, classes: number): Confusion {
  const flat = confusionMatrix(
    rows.map((row) => row.expected),
    rows.map((row) => row[side].label),
    classes,
  );
  return Array.from({ length: classes }, (_, truth) => [
    ...flat.subarray(truth * classes, (truth + 1) * classes),
  ]);
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
