/** What there is to learn, counted in tokens. */
import type { CausalExample } from './causal';

export interface TokenBill {
  rows: number;
  /** Of what the model reads, after cutting. */
  tokens: { total: number; least: number; mean: number; median: number; most: number };
  learnedTokens: number;
}

/** Zeros without examples. */
export function tokenBill(examples: readonly CausalExample[]): TokenBill {
  const counts = examples.map(({ ids }) => ids.length).sort((a, b) => a - b);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const middle = counts.length / 2;
  const median = ((counts[Math.ceil(middle) - 1] ?? 0) + (counts[Math.floor(middle)] ?? 0)) / 2;
  return {
    rows: counts.length,
    tokens: {
      total,
      least: counts[0] ?? 0,
      mean: counts.length === 0 ? 0 : total / counts.length,
      median,
      most: counts.at(-1) ?? 0,
    },
    learnedTokens: examples.reduce((sum, { learned }) => sum + learned.reduce((own, one) => own + one, 0), 0),
  };
}

/**
 * How often to go over so many rows: three times, more for few and less for many (OpenAI's cookbook,
 * Chat_finetuning_data_prep.ipynb: 3 epochs, 100 to 25,000 examples seen, 1 to 25 epochs).
 */
export function epochsFor(rows: number): number {
  if (rows * 3 < 100) return Math.min(25, Math.floor(100 / Math.max(1, rows)));
  if (rows * 3 > 25_000) return Math.max(1, Math.floor(25_000 / rows));
  return 3;
}
