/** The floors that a tuned model has to beat. The frozen-head baseline is a tuning run of its own. */
import type { Answers } from './scores';

/**
 * Always answers the most common class of the training rows (the first of equals), with the training shares as
 * probabilities (sklearn `DummyClassifier(strategy='prior')`).
 */
export function majorityClass(
  trainCounts: readonly number[],
  rows: number,
): Extract<Answers, { probabilities: unknown }> {
  const total = trainCounts.reduce((sum, count) => sum + count, 0);
  const shares = trainCounts.map((count) => count / Math.max(1, total));
  return { probabilities: Array.from({ length: rows }, () => shares) };
}
