/** What a run found, as it is saved, shown, exported and printed by the command line. */
import { z } from 'zod';
import { runConfigSchema } from './config';

export const intervalSchema = z.tuple([z.number(), z.number()]);

/** Scores of one predictor on one fixed set of rows. Shares in [0, 1]; intervals are 95 %. */
export const scoresSchema = z.object({
  n: z.number(),
  accuracy: z.number(),
  macro_f1: z.number(),
  ci95: z.object({ accuracy: intervalSchema, macro_f1: intervalSchema }),
  /** Mean negative log-likelihood in nats; null for predictors without probabilities. */
  loss: z.number().nullable(),
  /** Expected calibration error, 15 bins (Guo 2017); null without probabilities. */
  ece: z.number().nullable(),
});
export type Scores = z.infer<typeof scoresSchema>;

/** `a` against `b` on the same rows: delta = accuracy(a) - accuracy(b). */
export const comparisonSchema = z.object({
  delta: z.number(),
  /** Paired bootstrap interval of the accuracy difference. */
  ci95: intervalSchema,
  macro_f1_delta: z.number(),
  macro_f1_ci95: intervalSchema,
  /** Exact two-sided McNemar. */
  mcnemar_p: z.number(),
  /** Rows that b got wrong and a gets right. */
  fixed: z.number(),
  /** Rows that b got right and a gets wrong. */
  broken: z.number(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** The usual 5 % (two-sided). */
export const SIGNIFICANT = 0.05;

/** What changed on the test rows: a difference counts only below 5 % of the exact McNemar test. */
export type Change = 'better' | 'worse' | 'same' | 'unclear';

export function changeOf({
  fixed,
  broken,
  mcnemar_p,
}: Pick<Comparison, 'fixed' | 'broken' | 'mcnemar_p'>): Change {
  if (mcnemar_p < SIGNIFICANT) return fixed > broken ? 'better' : 'worse';
  return fixed === 0 && broken === 0 ? 'same' : 'unclear';
}

export const baselineSchema = z.object({
  id: z.enum(['majority', 'head']),
  label: z.string(),
  scores: scoresSchema,
  /** The tuned model against this baseline. */
  versus: comparisonSchema,
});
export type Baseline = z.infer<typeof baselineSchema>;

export const evaluationPointSchema = z.object({
  step: z.number(),
  epoch: z.number(),
  /** Mean training loss since the previous point. */
  train_loss: z.number(),
  validation_loss: z.number(),
  metrics: z.object({ accuracy: z.number(), macro_f1: z.number() }),
});
export type EvaluationPoint = z.infer<typeof evaluationPointSchema>;

export const warningSchema = z.object({ code: z.string(), step: z.number(), message: z.string() });
export type RunWarning = z.infer<typeof warningSchema>;

export const VERDICT_CODES = [
  'learning',
  'memorising',
  'over-confident',
  'under-fitting',
  'diverged',
  'no-signal',
  'cannot-tell',
] as const;
export type VerdictCode = (typeof VERDICT_CODES)[number];

export const verdictSchema = z.object({
  code: z.enum(VERDICT_CODES),
  /** The step at which this state began. */
  since: z.number(),
  /** Plain words with the numbers. */
  message: z.string(),
  /** What to do about it; empty for 'learning'. */
  advice: z.string(),
});
export type Verdict = z.infer<typeof verdictSchema>;

export const runReportSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  name: z.string(),
  /** ISO 8601. */
  finished_at: z.string(),
  config: runConfigSchema,
  /** What Hone guessed because nobody said, by config path: {'data.roles.text': 'longest text column'}. */
  guessed: z.record(z.string(), z.string()),
  data: z.object({
    rows: z.number(),
    kept: z.number(),
    /** Usable rows not drawn into the sample that `limit` asks for. */
    left_out: z.number(),
    rejected: z.array(z.object({ line: z.number(), reason: z.string() })),
    splits: z.object({ train: z.number(), validation: z.number(), test: z.number() }),
    /** Label list in model order (index = logit). */
    classes: z.array(z.string()),
    class_counts: z.array(z.number()),
    /** Training rows by class. */
    train_counts: z.array(z.number()),
    truncated: z.number(),
  }),
  model: z.object({ id: z.string(), parameters: z.number() }),
  method: z.object({ id: z.string(), trainable_parameters: z.number() }),
  backend: z.object({ id: z.enum(['webgpu', 'wasm']), adapter: z.string(), reason: z.string() }),
  history: z.array(evaluationPointSchema),
  before: scoresSchema,
  after: scoresSchema,
  comparison: comparisonSchema,
  /** How often `before` was measured again on the test rows with other label descriptions; absent = never. */
  rewordings: z.number().int().positive().optional(),
  baselines: z.array(baselineSchema),
  best_step: z.number(),
  total_steps: z.number(),
  /** Training ended before its last planned step. */
  stopped_early: z.boolean(),
  /** Why it did: no longer better for as long as was allowed, or a person's word. Absent in older runs. */
  stopped_by: z.enum(['patience', 'hand']).optional(),
  warnings: z.array(warningSchema),
  verdict: verdictSchema,
  timing: z.object({
    wall_s: z.number(),
    step_ms_median: z.number(),
    tokens_per_s: z.number(),
    /** Median time of one test row on its own; absent in older runs. */
    row_ms: z.number().optional(),
    phases_s: z.record(z.string(), z.number()),
  }),
  memory: z.object({ peak_bytes: z.number() }),
});
export type RunReport = z.infer<typeof runReportSchema>;

/** How training ended when it did not go through as planned: 'ended …'; null when it did. */
export function endingOf({
  stopped_early,
  stopped_by,
}: Pick<RunReport, 'stopped_early' | 'stopped_by'>): string | null {
  if (!stopped_early) return null;
  switch (stopped_by) {
    case 'patience':
      return 'early: no longer better';
    case 'hand':
      return 'by hand';
    case undefined:
      return 'before its last planned step';
    default:
      return stopped_by satisfies never;
  }
}

/** Test predictions, one entry per test row in test order. */
export const predictionsSchema = z.object({
  classes: z.array(z.string()),
  rows: z.array(
    z.object({
      /** Line in the source file. */
      line: z.number(),
      text: z.string(),
      /** Class index. */
      expected: z.number(),
      /** Probability per class, model order. */
      before: z.array(z.number()),
      after: z.array(z.number()),
      /** Frozen-head baseline; absent when baselines are off. */
      head: z.array(z.number()).optional(),
    }),
  ),
});
export type Predictions = z.infer<typeof predictionsSchema>;
