/** What a run says while it runs. `pipeline` yields these; the worker forwards them; the page reduces them. */
import { z } from 'zod';
import { errorDataSchema } from './errors';
import { evaluationPointSchema, runReportSchema, verdictSchema, warningSchema } from './report';

export const PHASES = ['loading', 'tokenizing', 'baselines', 'warming-up', 'training', 'testing'] as const;
export type Phase = (typeof PHASES)[number];

export const backendInfoSchema = z.object({
  id: z.enum(['webgpu', 'wasm']),
  /** 'Apple M2', 'CPU, 2 threads' …: where the model runs, for people. */
  adapter: z.string(),
  /** Why this one was taken, and what was fallen back from. */
  reason: z.string(),
  threads: z.number(),
});
export type BackendInfo = z.infer<typeof backendInfoSchema>;

export const planSchema = z.object({
  backend: backendInfoSchema,
  totalSteps: z.number(),
  stepsPerEpoch: z.number(),
  evaluateEvery: z.number(),
  trainableParameters: z.number(),
  classes: z.array(z.string()),
  splits: z.object({ train: z.number(), validation: z.number(), test: z.number() }),
  /** Validation rows pinned for 'What it says now'; `before` = zero-shot class index. */
  pinned: z.array(z.object({ line: z.number(), text: z.string(), expected: z.number(), before: z.number() })),
  resumedFromStep: z.number(),
});

export const stepSchema = z.object({
  step: z.number(),
  epoch: z.number(),
  loss: z.number(),
  learningRate: z.number(),
  gradientNorm: z.number(),
  tokensPerSecond: z.number(),
  /** Estimated from measured steps, warm-up excluded. */
  secondsLeft: z.number(),
});

export const evaluationSchema = evaluationPointSchema.extend({
  best: z.boolean(),
  n: z.number(),
  accuracyCi95: z.tuple([z.number(), z.number()]),
});

export const runEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('phase'),
    phase: z.enum(PHASES),
    /** Units finished and in all within the phase; total 0 = unknown. */
    done: z.number(),
    total: z.number(),
    detail: z.string().optional(),
  }),
  /** Once, before the first step (and again after a resume). */
  planSchema.extend({ type: z.literal('plan') }),
  stepSchema.extend({ type: z.literal('step') }),
  evaluationSchema.extend({
    type: z.literal('evaluation'),
    /** Current class index and its probability for each pinned row, in the plan's order. */
    pinned: z.array(z.object({ predicted: z.number(), confidence: z.number() })),
  }),
  verdictSchema.extend({ type: z.literal('verdict'), step: z.number() }),
  warningSchema.extend({ type: z.literal('warning') }),
  z.object({ type: z.literal('checkpoint'), step: z.number() }),
  z.object({ type: z.literal('done'), report: runReportSchema }),
  z.object({ type: z.literal('failed'), error: errorDataSchema }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;
