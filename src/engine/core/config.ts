/** One run as data: everything that makes a run, versioned. Same config + rows + backend = same report. */
import { z } from 'zod';

/** What LoRA's targets were called while BERT was the only family: its modules' names, now roles. */
const FORMER_TARGETS: Readonly<Record<string, string>> = {
  'attention.output.dense': 'attention-output',
  'intermediate.dense': 'up',
  'output.dense': 'down',
};

/** Settings as they are saved; what older versions saved is read by today's names. */
export const settingsRecord = z
  .record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.array(z.string()).readonly()]))
  .transform((settings) => {
    const { targets } = settings;
    if (!Array.isArray(targets)) return settings;
    return { ...settings, targets: targets.map((target: string) => FORMER_TARGETS[target] ?? target) };
  });

export const importOptionsSchema = z.strictObject({
  format: z.enum(['csv', 'json', 'jsonl']),
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']),
  /** Ignored by JSON and JSONL. */
  delimiter: z.string().length(1),
  /** The quote character; '' reads every character as text. */
  quote: z.enum(['"', "'", '']),
  header: z.boolean(),
});
/** How the bytes were read. Each is detected, shown, and can be overridden by the user. */
export type ImportOptions = z.infer<typeof importOptionsSchema>;

/** A repair the user accepted: the finding's code and one of its actions. Applied in order, undone by removal. */
export const fixSchema = z.strictObject({ finding: z.string(), action: z.string() });
export type Fix = z.infer<typeof fixSchema>;

export const splitSettingsSchema = z.strictObject({
  /** Share of the rows for validation. */
  validation: z.number().min(0.02).max(0.5).default(0.15),
  /** Share of the rows for the test; ignored when the data source names an official test file. */
  test: z.number().min(0.02).max(0.5).default(0.2),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1),
});
export type SplitSettings = z.infer<typeof splitSettingsSchema>;

export const columnRolesSchema = z.strictObject({ text: z.string(), label: z.string() });
export type ColumnRoles = z.infer<typeof columnRolesSchema>;

export const dataConfigSchema = z.strictObject({
  /** File name as the user knows it. */
  name: z.string(),
  /** SHA-256 of the file's bytes, hex; also the storage key of the saved copy. */
  hash: z.string(),
  options: importOptionsSchema,
  roles: columnRolesSchema,
  fixes: z.array(fixSchema).default([]),
  split: splitSettingsSchema,
  /** An official test file with the same columns, when given. */
  testFile: z.strictObject({ name: z.string(), hash: z.string(), options: importOptionsSchema }).optional(),
  /** A seeded sample of this many kept rows, when given. */
  limit: z.number().int().min(10).optional(),
  /** At most this many rows of each class to train and validate on, drawn by the split's seed; the test stays whole. */
  perClass: z.number().int().min(2).optional(),
});
export type DataConfig = z.infer<typeof dataConfigSchema>;

export const runConfigSchema = z.strictObject({
  version: z.literal(1),
  task: z.literal('classify'),
  data: dataConfigSchema,
  model: z.strictObject({ id: z.string(), revision: z.string() }),
  /** `settings` are validated by the method's own spec (engine/catalog). */
  method: z.strictObject({ id: z.string(), settings: settingsRecord.default({}) }),
  /** Validated by training/spec.ts through engine/catalog. */
  training: settingsRecord.default({}),
  /** Zero-shot descriptions by label; a label without one is described by its own name. */
  descriptions: z.record(z.string(), z.string()).default({}),
  backend: z.enum(['auto', 'webgpu', 'wasm']).default('auto'),
  /** Also measure majority class and the head on frozen features. */
  baselines: z.boolean().default(true),
});
export type RunConfig = z.infer<typeof runConfigSchema>;
