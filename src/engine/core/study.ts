/**
 * A study: the same question asked of several ways of answering it (prompting, tuning, both, neither) on one split,
 * one seed and the same test rows. Config, result and events as plain data that crosses to the page.
 */
import { z } from 'zod';
import { dataConfigSchema, settingsRecord } from './config';
import { errorDataSchema } from './errors';
import { backendInfoSchema, evaluationSchema, stepSchema } from './events';
import { holm } from './paired';
import { intervalSchema as interval, SIGNIFICANT, scoresSchema } from './report';

/** One way of answering, as chosen. `settings` are checked by the arm's own spec (engine/arms). */
export const armChoiceSchema = z.strictObject({
  /** Unique in the study and safe as a file name: the arm's id, or 'lora-2' for a second one with other settings. */
  key: z.string().regex(/^[\w-]{1,40}$/),
  arm: z.string(),
  settings: settingsRecord.default({}),
  /** Training fields laid over the arm's defaults; ignored by arms that do not train. */
  training: settingsRecord.default({}),
});
export type ArmChoice = z.infer<typeof armChoiceSchema>;

/** What the numbers cannot say, asked of the person. */
export const situationSchema = z.strictObject({
  /** How often labels or rules change. */
  changes: z.enum(['rarely', 'monthly', 'weekly']),
  rowsPerDay: z.number().min(0).max(1e9),
  /** Rows may not leave the company. */
  stayInside: z.boolean(),
  /** The longest wait for one answer, in milliseconds; null = no limit. */
  maxLatencyMs: z.number().min(1).max(600_000).nullable(),
});
export type Situation = z.infer<typeof situationSchema>;

export const studyConfigSchema = z.strictObject({
  version: z.literal(1),
  task: z.literal('classify'),
  data: dataConfigSchema,
  model: z.strictObject({ id: z.string(), revision: z.string() }),
  /** Training fields for every arm that trains; an arm's own win. */
  training: settingsRecord.default({}),
  /** Label descriptions, for arms that are prompted with them. */
  descriptions: z.record(z.string(), z.string()).default({}),
  /** Example texts by label, for arms that are shown examples; a label without any gets them drawn. */
  examples: z.record(z.string(), z.array(z.string()).max(64)).default({}),
  backend: z.enum(['auto', 'webgpu', 'wasm']).default('auto'),
  /** In the order in which they run. */
  arms: z
    .array(armChoiceSchema)
    .min(1)
    .max(40)
    .refine((arms) => new Set(arms.map(({ key }) => key)).size === arms.length, 'two arms have one key'),
  /** Key of the arm that all others are compared with. */
  reference: z.string(),
  /** Quality against the number of training rows, for some of the arms (by key). */
  curve: z
    .strictObject({
      arms: z.array(z.string()).min(1),
      /** Training rows in all; sizes past the training split are left out, the whole split is always the last. */
      sizes: z.array(z.number().int().min(2)).min(1).max(12),
      /** Draws of each size below the whole split. */
      draws: z.number().int().min(1).max(10),
    })
    .nullable()
    .default(null),
  /** Price of a million prompt tokens, in any currency. */
  pricePerMillion: z.number().min(0).max(10_000).default(0.15),
  situation: situationSchema.nullable().default(null),
});
export type StudyConfig = z.infer<typeof studyConfigSchema>;

/** Everything that an arm's answers follow from, but the arm itself: equal texts, equal answers. */
export function basisOf({ data, model, training, descriptions, examples, backend }: StudyConfig): string {
  return JSON.stringify([data, model, training, descriptions, examples, backend]);
}

/** Whether the two would answer alike on one basis. */
export function sameArm(a: ArmChoice, b: ArmChoice): boolean {
  const own = ({ arm, settings, training }: ArmChoice): string => JSON.stringify([arm, settings, training]);
  return own(a) === own(b);
}

/** `id` is the reference's key; delta = this arm's accuracy less the reference's. */
export const versusSchema = z.object({
  id: z.string(),
  /** Test rows that both were asked; all of this counts those alone. 0 = stored before it was kept. */
  n: z.number().default(0),
  delta: z.number(),
  ci95: interval,
  /** Exact two-sided McNemar, taken alone. */
  p: z.number(),
  /** The same with Holm's correction over all comparisons of the study: what claims go by. */
  p_holm: z.number().default(1),
  fixed: z.number(),
  broken: z.number(),
  /** Test rows needed to tell these two alone apart with 80 % power; null when p tells them apart, or they never differ. */
  rows_needed: z.number().nullable(),
});
export type Versus = z.infer<typeof versusSchema>;

/** Test rows that two arms were asked, and on how many of them only the one, or only the other, is right. */
const pairSchema = z.object({ n: z.number(), ahead: z.number(), behind: z.number() });
export type Pair = z.infer<typeof pairSchema>;

export const armReportSchema = z.object({
  /** The choice's key. */
  id: z.string(),
  arm: z.string(),
  /** Tells copies of one arm apart by the settings that differ. */
  label: z.string(),
  settings: settingsRecord,
  status: z.enum(['finished', 'failed', 'skipped']),
  error: errorDataSchema.nullable(),
  /** On the test rows that it was asked: all of them, but where a budget ended before. */
  ...scoresSchema.shape,
  /** Null for the reference itself and for arms without answers. */
  versus: versusSchema.nullable(),
  /** Ids of the arms that cannot be told from this one (exact McNemar, p >= 0.05, each pair taken alone). */
  ties: z.array(z.string()),
  /** By id of each other arm that answered; empty in studies stored before it was kept. */
  pairs: z.record(z.string(), pairSchema).default({}),
  trainable_parameters: z.number(),
  /** What has to be stored for this arm beside the base model. */
  bytes: z.number(),
  /** From tokens to what answers, the untouched model's reading of the rows learned from included. */
  train_s: z.number(),
  /** Median time of one row on its own, in milliseconds; null where nothing was timed. */
  latency_ms: z.number().nullable(),
  /** Mean tokens that the model reads per row: the text and everything put around it; 0 where no model reads. */
  prompt_tokens: z.number(),
  /** What 1,000 rows cost at prices of the arm's own, as measured; absent where it has none. */
  cost_per_thousand: z.number().optional(),
  /** Test rows without a usable answer; they count as wrong. */
  unanswered: z.number(),
  /** Rows that it was still to ask when it was cut short; 0 = it came to its end. */
  left: z.number().default(0),
  /** The run that this arm was, to open and export; null for arms that do not train. */
  run: z.string().nullable(),
  notes: z.array(z.string()),
});
export type ArmReport = z.infer<typeof armReportSchema>;

/** Whether an arm came to its end: one that failed, was skipped or was cut short goes on when the study does. */
export function isDone({ status, left }: Pick<ArmReport, 'status' | 'left'>): boolean {
  return status === 'finished' && left === 0;
}

/** Fills in each comparison's p with Holm's correction over all of them. */
export function withHolm(arms: readonly ArmReport[]): ArmReport[] {
  const tested = arms.filter(({ versus }) => versus !== null);
  const adjusted = holm(tested.map(({ versus }) => versus?.p ?? 1));
  return arms.map((arm) => ({
    ...arm,
    versus: arm.versus && {
      ...arm.versus,
      n: arm.versus.n || arm.n,
      p_holm: adjusted[tested.indexOf(arm)] as number,
    },
  }));
}

/** The counts of `a` against `b`; null in studies stored before they were kept. */
export function pairOf(a: ArmReport, b: ArmReport): Pair | null {
  return a.pairs[b.id] ?? null;
}

/**
 * Whether the test rows tell the two apart: by Holm's p where one is the reference, for the best of many is flattered
 * by luck; else by the exact McNemar test of the two alone.
 */
export function apart(a: ArmReport, b: ArmReport): boolean {
  const direct = [a.versus?.id === b.id ? a.versus : null, b.versus?.id === a.id ? b.versus : null];
  const versus = direct.find((one) => one !== null);
  return versus ? versus.p_holm < SIGNIFICANT : !a.ties.includes(b.id);
}

/**
 * The most often right first. Where a budget left rows out of one, their scores are of other rows; each one's
 * difference to the reference is of the rows that both were asked.
 */
export function ranked(arms: readonly ArmReport[]): ArmReport[] {
  const lead = ({ versus }: ArmReport): number => versus?.delta ?? 0;
  return arms
    .filter(({ status }) => status === 'finished')
    .sort((a, b) => lead(b) - lead(a) || b.accuracy - a.accuracy);
}

/** What 1,000 rows cost: at the arm's own prices, else at this one for a million prompt tokens. */
export function costPerThousand(
  { prompt_tokens, cost_per_thousand }: Pick<ArmReport, 'prompt_tokens' | 'cost_per_thousand'>,
  pricePerMillion: number,
): number {
  return cost_per_thousand ?? (prompt_tokens * 1000 * pricePerMillion) / 1e6;
}

export const curvePointSchema = z.object({
  /** Key of the arm. */
  arm: z.string(),
  /** Training rows. */
  rows: z.number(),
  draws: z.array(z.object({ seed: z.number(), accuracy: z.number(), macro_f1: z.number() })),
});
export type CurvePoint = z.infer<typeof curvePointSchema>;

/** 'Would more data help?' for one arm (evaluation/learningCurve.ts): what twice the rows add, or 'cannot tell'. */
export const moreDataSchema = z.object({
  arm: z.string(),
  verdict: z.enum(['yes', 'no', 'cannot-tell']),
  /** Expected change in accuracy from twice the rows. */
  gain: z.number(),
  ci95: interval,
  message: z.string(),
});
export type MoreData = z.infer<typeof moreDataSchema>;

export const ADVICE_KINDS = [
  'no-signal',
  'excessive',
  'prompt',
  'fine-tune',
  'both',
  'collect-rows',
  'cannot-tell',
  'note',
] as const;

export const adviceSchema = z.object({
  kind: z.enum(ADVICE_KINDS),
  text: z.string(),
  /** The number behind it, in words. */
  because: z.string(),
  /** Where that number stands on the page: 'arm-KEY', 'curve', 'data', 'situation'. */
  at: z.string(),
});
export type Advice = z.infer<typeof adviceSchema>;

export const studyReportSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  name: z.string(),
  created_at: z.string(),
  /** ISO 8601; null while arms are still to come. */
  finished_at: z.string().nullable(),
  config: studyConfigSchema,
  guessed: z.record(z.string(), z.string()),
  data: z.object({
    rows: z.number(),
    kept: z.number(),
    left_out: z.number(),
    rejected: z.number(),
    splits: z.object({ train: z.number(), validation: z.number(), test: z.number() }),
    classes: z.array(z.string()),
    class_counts: z.array(z.number()),
    train_counts: z.array(z.number()),
    truncated: z.number(),
  }),
  model: z.object({ id: z.string(), parameters: z.number(), bytes: z.number() }),
  backend: backendInfoSchema,
  /** In the order of the config; arms still to come are absent. */
  arms: z.array(armReportSchema).transform(withHolm),
  learning_curve: z.array(curvePointSchema).nullable(),
  more_data: z.array(moreDataSchema),
  advice: z.array(adviceSchema),
});
export type StudyReport = z.infer<typeof studyReportSchema>;

/** Every arm's answer to every test row, in test order. */
export const studyRowsSchema = z.object({
  classes: z.array(z.string()),
  rows: z.array(
    z.object({
      line: z.number(),
      text: z.string(),
      /** Class index. */
      expected: z.number(),
      /**
       * By arm key, without those that were not asked: class index (-1 = no usable answer) and its probability where
       * the arm gives one.
       */
      answers: z.record(z.string(), z.object({ predicted: z.number(), confidence: z.number().nullable() })),
    }),
  ),
});
export type StudyRows = z.infer<typeof studyRowsSchema>;

const work = z.object({
  /** Plain words: 'Reading every row with the untouched model'. */
  detail: z.string(),
  done: z.number(),
  /** 0 when unknown. */
  total: z.number(),
});

export const studyEventSchema = z.discriminatedUnion('type', [
  /** What is done before and between arms. */
  work.extend({ type: z.literal('preparing') }),
  /** An arm begins or goes on. `secondsLeft` for this arm; null until it can be told. */
  work.extend({ type: z.literal('arm'), id: z.string(), secondsLeft: z.number().nullable() }),
  /** Of an arm that trains: the same events as in a run. */
  stepSchema.extend({ type: z.literal('step'), id: z.string(), totalSteps: z.number() }),
  evaluationSchema.extend({ type: z.literal('evaluation'), id: z.string() }),
  /** One draw of one point of the learning curve begins; `done` of `total` draws are finished. */
  z.object({
    type: z.literal('curve'),
    arm: z.string(),
    rows: z.number(),
    done: z.number(),
    total: z.number(),
  }),
  /** After each arm and each point: all that is known so far. */
  z.object({ type: z.literal('report'), report: studyReportSchema }),
]);
export type StudyEvent = z.infer<typeof studyEventSchema>;
