/** The curves of a run as they are kept from checkpoint to checkpoint, and checked when they are read back. */
import { z } from 'zod';
import { evaluationSchema, PHASES, planSchema, stepSchema } from '../engine/core/events';
import { verdictSchema, warningSchema } from '../engine/core/report';
import { forget, KEPT, type KeptValue, keep, kept } from './persistence';
import type { Telemetry } from './runReducer';
import { MAX_BUCKETS } from './series';

const seriesSchema = z.object({
  width: z.number().int().positive(),
  buckets: z
    .array(
      z.object({
        from: z.number(),
        to: z.number(),
        min: z.number(),
        max: z.number(),
        sum: z.number(),
        count: z.number().positive(),
      }),
    )
    .max(MAX_BUCKETS),
});

const telemetrySchema: z.ZodType<Telemetry> = z.object({
  phase: z.object({
    phase: z.enum(PHASES),
    done: z.number(),
    total: z.number(),
    detail: z.string().nullable(),
  }),
  plan: planSchema.nullable(),
  latest: stepSchema.nullable(),
  loss: seriesSchema,
  learningRate: seriesSchema,
  evaluations: z.array(evaluationSchema),
  bestStep: z.number().nullable(),
  pinned: z.array(
    z.object({
      line: z.number(),
      text: z.string(),
      expected: z.number(),
      before: z.number(),
      history: z.array(z.object({ step: z.number(), predicted: z.number(), confidence: z.number() })),
      rightSince: z.number().nullable(),
    }),
  ),
  verdicts: z.array(verdictSchema.extend({ step: z.number() })),
  warnings: z.array(warningSchema),
  checkpointStep: z.number().nullable(),
});

/** Each run has its own: two tabs may train at once. */
function keyOf(id: string): string {
  return `${KEPT.telemetry.key}.${id}`;
}

export function keepTelemetry(id: string, telemetry: Telemetry): void {
  keep(keyOf(id), telemetry);
}

export function keptTelemetry(id: string): KeptValue<Telemetry> {
  return kept(keyOf(id), telemetrySchema);
}

export function forgetTelemetry(id: string): void {
  forget(keyOf(id));
}
