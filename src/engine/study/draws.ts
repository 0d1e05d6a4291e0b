/** Smaller training sets for the learning curve: nested, so that a larger one holds the smaller. */
import { random } from '../core/random';
import type { Example } from '../data/table';
import type { SharedReading } from '../pipeline/baseline';
import { subsetRows } from '../training/rows';

/**
 * The order in which training rows join as the set grows, keeping classes in their proportions: a class's j-th row
 * of m comes at (j + u) / m with one u a class, so that any beginning is a stratified draw.
 */
export function growingOrder(labels: ArrayLike<number>, classes: number, seed: number): number[] {
  const rng = random(seed, 'learning-curve');
  const byClass: number[][] = Array.from({ length: classes }, () => []);
  for (const row of rng.shuffle(Array.from({ length: labels.length }, (_, i) => i))) {
    byClass[labels[row] as number]?.push(row);
  }
  return byClass
    .flatMap((rows) => {
      const start = rng.float();
      return rows.map((row, j) => ({ row, at: (j + start) / rows.length }));
    })
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row);
}

/** A validation set as large as the training rows it stands beside would allow, but never below this. */
const LEAST_VALIDATION = 20;

/** The same test rows with fewer to train on; validation shrinks along, or small sets would be flattered by it. */
export function withFewerRows({ data, pooled }: SharedReading, rows: number, seed: number): SharedReading {
  const classes = data.dataset.classes.length;
  const train = growingOrder(data.splits.train.rows.labels, classes, seed).slice(0, rows);
  const share = rows / data.splits.train.examples.length;
  const kept = Math.max(LEAST_VALIDATION, Math.round(share * data.splits.validation.examples.length));
  const validation = growingOrder(data.splits.validation.rows.labels, classes, seed).slice(0, kept);
  const pick = (name: 'train' | 'validation', at: readonly number[]) => ({
    examples: at.map((i) => data.splits[name].examples[i] as Example),
    rows: subsetRows(data.splits[name].rows, at),
  });
  return {
    data: {
      ...data,
      splits: { ...data.splits, train: pick('train', train), validation: pick('validation', validation) },
    },
    pooled: {
      ...pooled,
      train: subsetRows(pooled.train, train),
      validation: subsetRows(pooled.validation, validation),
    },
  };
}
