/**
 * The worker protocol as one table: call → params, events, result. Requests, responses and handlers are
 * derived from it, and both sides validate what crosses, so a missing or extra field neither compiles nor passes.
 */
import { z } from 'zod';
import { benchEventSchema } from '../engine/core/benchmark';
import {
  columnRolesSchema,
  fixSchema,
  importOptionsSchema,
  runConfigSchema,
  splitSettingsSchema,
} from '../engine/core/config';
import { errorDataSchema } from '../engine/core/errors';
import { backendInfoSchema, runEventSchema } from '../engine/core/events';
import { offerSchema } from '../engine/core/modelOffer';
import { modelShapeSchema } from '../engine/core/modelShape';
import { modelSourceSchema } from '../engine/core/modelSource';
import { predictionsSchema, runReportSchema } from '../engine/core/report';
import {
  situationSchema,
  studyConfigSchema,
  studyEventSchema,
  studyReportSchema,
  studyRowsSchema,
} from '../engine/core/study';

export const PROTOCOL_VERSION = 1;

const none = z.null();
const progress = z.object({
  /** Plain words: 'Reading', 'Checking for duplicates'. */
  label: z.string(),
  done: z.number(),
  /** 0 when unknown. */
  total: z.number(),
});
export type Progress = z.infer<typeof progress>;

const rejectedRow = z.object({ line: z.number(), code: z.string(), reason: z.string(), raw: z.string() });

export const dataSummarySchema = z.object({
  name: z.string(),
  hash: z.string(),
  bytes: z.number(),
  options: importOptionsSchema,
  reasons: z.record(z.string(), z.string()),
  notes: z.array(z.string()),
  columns: z.array(z.string()),
  /** Rows read into the table. */
  rows: z.number(),
  /** Rows the reader could not use; rows + rejected = rows in the file. */
  rejected: z.number(),
  guess: z.object({
    roles: columnRolesSchema.nullable(),
    /** Why the text and the label column were guessed. */
    reasons: z.object({ text: z.string(), label: z.string() }),
  }),
});
export type DataSummary = z.infer<typeof dataSummarySchema>;

const findingSchema = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  title: z.string(),
  why: z.string(),
  examples: z.array(z.number()),
  count: z.number(),
  actions: z.array(z.object({ id: z.string(), label: z.string(), effect: z.string() })),
});

export const dataReportSchema = z.object({
  /** Rows in the file, kept after fixes and exclusions, and rejected (reader + unusable + fixes). */
  rows: z.number(),
  kept: z.number(),
  rejected: z.number(),
  classes: z.array(z.object({ label: z.string(), count: z.number() })),
  splits: z.object({ train: z.number(), validation: z.number(), test: z.number() }),
  /** Tokens per text, specials included, on at most 5,000 sampled rows. */
  lengths: z.object({
    median: z.number(),
    p90: z.number(),
    p99: z.number(),
    max: z.number(),
    /** Share of texts over the max length now set. */
    truncatedShare: z.number(),
    limit: z.number(),
    histogram: z.array(z.object({ from: z.number(), to: z.number(), count: z.number() })),
  }),
  findings: z.array(findingSchema),
  /** Fixes now applied, with what each did. */
  applied: z.array(
    z.object({ finding: z.string(), action: z.string(), title: z.string(), effect: z.string() }),
  ),
  /** Why this cannot be trained on. */
  blocked: errorDataSchema.nullable(),
  trainable: z.boolean(),
});
export type DataReport = z.infer<typeof dataReportSchema>;

export const modelEntrySchema = z.object({
  id: z.string(),
  revision: z.string(),
  name: z.string(),
  goodAt: z.string(),
  family: z.string(),
  licence: z.string(),
  languages: z.array(z.string()),
  parameters: z.number(),
  bytes: z.number(),
  maxLength: z.number(),
  shape: modelShapeSchema,
  quality: z.array(
    z.object({
      dataset: z.string(),
      shots: z.string(),
      metric: z.string(),
      /** Per cent. */
      mean: z.number(),
      sd: z.number(),
      draws: z.number(),
    }),
  ),
  sources: z.array(z.object({ name: z.string(), url: z.string(), licence: z.string() })),
  limits: z.array(z.string()),
  /** Markdown of the model card; empty where there is none. */
  card: z.string(),
  source: modelSourceSchema,
  /** ISO 8601; null for what comes with Hone. */
  storedAt: z.string().nullable(),
});
export type ModelEntry = z.infer<typeof modelEntrySchema>;

const estimateSchema = z.object({
  /** Where it would run, and why there. */
  backend: backendInfoSchema,
  trainableParameters: z.number(),
  totalSteps: z.number(),
  /** Whole run, phases included; null when nothing could be timed, as beside a run under way. */
  seconds: z.number().nullable(),
  peakBytes: z.number(),
  exportBytes: z.number(),
  fit: z.enum(['fits', 'tight', 'does-not-fit']),
  /** What is short, and the way out; null when it fits. */
  advice: z.string().nullable(),
  /** What the estimate rests on: 'measured on this machine: 41 ms per row'. */
  basis: z.string(),
});
export type Estimate = z.infer<typeof estimateSchema>;

export const runSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(['finished', 'interrupted']),
  createdAt: z.string(),
  method: z.string(),
  model: z.string(),
  data: z.string(),
  /** After-tuning accuracy; null while interrupted. */
  accuracy: z.number().nullable(),
  /** Step of the last checkpoint, and of how many. */
  step: z.number(),
  totalSteps: z.number(),
  bytes: z.number(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const studySummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(['finished', 'interrupted']),
  createdAt: z.string(),
  data: z.string(),
  arms: z.number(),
  finishedArms: z.number(),
  /** The arm with the highest accuracy; null until one has answered. */
  best: z.object({ label: z.string(), accuracy: z.number() }).nullable(),
});
export type StudySummary = z.infer<typeof studySummarySchema>;

const prediction = z.object({
  classes: z.array(z.string()),
  before: z.array(z.number()),
  after: z.array(z.number()),
});

/** Where data comes from. 'saved' names a file kept from an earlier session by its hash. */
const source = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file'), file: z.instanceof(Blob), name: z.string() }),
  z.object({ kind: z.literal('text'), text: z.string(), name: z.string() }),
  z.object({ kind: z.literal('sample'), id: z.string() }),
  /** Fetched from another site, which the user agreed to; with `hash`, only those bytes (hex SHA-256). */
  z.object({ kind: z.literal('url'), url: z.url({ protocol: /^https?$/ }), hash: z.string().nullable() }),
  z.object({ kind: z.literal('saved'), hash: z.string(), name: z.string() }),
]);
export type DataSource = z.infer<typeof source>;

const checkParams = z.object({
  hash: z.string(),
  roles: columnRolesSchema,
  fixes: z.array(fixSchema),
  split: splitSettingsSchema,
  testHash: z.string().nullable(),
  limit: z.number().optional(),
  perClass: z.number().optional(),
  model: z.string(),
  maxLength: z.number(),
});

/** A view of rows for the virtualised table. */
const rowsView = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  /** The rows of one finding of the last check. */
  z.object({ kind: z.literal('finding'), code: z.string() }),
]);
export type RowsView = z.infer<typeof rowsView>;

/** `token` is the user's own, kept for this call alone. */
const hubAccess = { address: z.string(), token: z.string().nullable() };

export const calls = {
  /** Chooses and self-tests the backend; cheap when already done. Emits nothing. */
  'machine.start': {
    params: z.object({ backend: z.enum(['auto', 'webgpu', 'wasm']) }),
    event: none,
    result: z.object({
      backend: backendInfoSchema,
      isolated: z.boolean(),
      storageDurable: z.boolean(),
      storageBytes: z.number().nullable(),
      quotaBytes: z.number().nullable(),
    }),
  },
  /** Reads a source into the worker's table cache (and keeps a copy in storage under its hash). */
  'data.open': {
    params: z.object({ source, options: importOptionsSchema.partial().nullable() }),
    event: progress,
    result: dataSummarySchema,
  },
  /** A window of rows. `cells` follow DataSummary.columns. */
  'data.rows': {
    params: z.object({ hash: z.string(), view: rowsView, start: z.number(), count: z.number().max(1000) }),
    event: none,
    result: z.object({
      total: z.number(),
      rows: z.array(z.object({ line: z.number(), cells: z.array(z.string()) })),
    }),
  },
  'data.rejected': {
    params: z.object({ hash: z.string(), start: z.number(), count: z.number().max(1000) }),
    event: none,
    result: z.object({ total: z.number(), rows: z.array(rejectedRow) }),
  },
  /** Deletes kept files that no run, no open tab and none of `keep` (hashes) refers to. */
  'data.sweep': { params: z.object({ keep: z.array(z.string()) }), event: none, result: none },
  'data.check': { params: checkParams, event: progress, result: dataReportSchema },
  /** Those that come with Hone, then those stored here, newest first. */
  'model.list': { params: none, event: none, result: z.array(modelEntrySchema) },
  /** Stores a model out of files at hand; the id of one that is stored already is the same. */
  'model.import': {
    params: z.object({
      upload: z.discriminatedUnion('kind', [
        z.object({
          kind: z.literal('folder'),
          name: z.string(),
          files: z.array(z.object({ path: z.string(), file: z.instanceof(Blob) })),
        }),
        z.object({ kind: z.literal('zip'), name: z.string(), file: z.instanceof(Blob) }),
      ]),
    }),
    event: progress,
    result: z.object({ id: z.string() }),
  },
  /** Runs that need it keep their reports and answers, and say so when they need its weights. */
  'model.delete': { params: z.object({ id: z.string() }), event: none, result: none },
  /** Downloads that go on where they stopped. */
  'model.unfinished': {
    params: none,
    event: none,
    result: z.array(z.object({ folder: z.string(), offer: offerSchema, bytes: z.number() })),
  },
  /** Throws away what has arrived of a download. */
  'model.discard': { params: z.object({ folder: z.string() }), event: none, result: none },
  'hub.search': {
    params: z.object({ ...hubAccess, query: z.string() }),
    event: none,
    result: z.array(
      z.object({
        repo: z.string(),
        family: z.string().nullable(),
        licence: z.string().nullable(),
        parameters: z.number().nullable(),
        downloads: z.number(),
        gated: z.boolean(),
      }),
    ),
  },
  /** What would be downloaded, and whether it would be of use here. */
  'hub.look': {
    params: z.object({ ...hubAccess, repo: z.string(), revision: z.string().nullable() }),
    event: none,
    result: offerSchema,
  },
  /** Begins, or goes on. Aborted, it keeps what it has. */
  /** What lies at a web address, a zip or a model's folder. */
  'model.lookAt': { params: z.object({ address: z.string() }), event: none, result: offerSchema },
  'model.download': {
    params: z.object({ offer: offerSchema, token: hubAccess.token }),
    event: progress,
    result: z.object({ id: z.string() }),
  },
  /** Trainable parameters, time, memory and file size of a config; times the machine once, and never beside a run. */
  'run.estimate': { params: z.object({ config: runConfigSchema }), event: progress, result: estimateSchema },
  /** Starts (or with `resume`, continues) a run; ends with its report. One run at a time. */
  'run.start': {
    params: z.object({
      id: z.string(),
      name: z.string(),
      config: runConfigSchema,
      resume: z.boolean(),
      /** What was guessed because nobody said, by config path; goes into the report. */
      guessed: z.record(z.string(), z.string()).optional(),
    }),
    event: runEventSchema,
    /** null when cancelled. */
    result: runReportSchema.nullable(),
  },
  /** pause/resume hold the generator; stop keeps the best and goes on to testing; cancel discards. */
  'run.control': {
    params: z.object({ id: z.string(), action: z.enum(['pause', 'resume', 'stop', 'cancel']) }),
    event: none,
    result: none,
  },
  'run.list': { params: none, event: none, result: z.array(runSummarySchema) },
  'run.open': {
    params: z.object({ id: z.string() }),
    event: none,
    result: z.object({ report: runReportSchema, predictions: predictionsSchema }),
  },
  /** Config and last checkpoint step of an interrupted run. */
  'run.interrupted': {
    params: none,
    event: none,
    result: z
      .object({
        id: z.string(),
        name: z.string(),
        config: runConfigSchema,
        step: z.number(),
        totalSteps: z.number(),
      })
      .nullable(),
  },
  'run.rename': {
    params: z.object({ id: z.string(), name: z.string().min(1).max(120) }),
    event: none,
    result: none,
  },
  'run.delete': {
    params: z.object({
      id: z.string(),
      /** Only while it has not finished: refused with `run-finished` when it has. */
      unfinished: z.boolean().optional(),
    }),
    event: none,
    result: none,
  },
  /** Measures this machine, Hone beside stock TensorFlow.js, in every place where it can compute. */
  'bench.run': { params: none, event: benchEventSchema, result: none },
  /** Gives the GPU device up, as the system would: lets a journey prove that a run survives it. */
  'machine.loseDevice': { params: none, event: none, result: none },
  /** Both models' probabilities for a text typed by the user. */
  'run.predict': {
    params: z.object({ id: z.string(), text: z.string().max(100_000) }),
    event: none,
    result: prediction,
  },
  /** Zero-shot again with edited label descriptions, on the same test rows; updates the stored run. */
  'run.describe': {
    params: z.object({ id: z.string(), descriptions: z.record(z.string(), z.string()) }),
    event: progress,
    result: z.object({ report: runReportSchema, predictions: predictionsSchema }),
  },
  /**
   * Asks several ways of answering on the same rows, one after another. One at a time, and never beside a run. With
   * `resume`, finished arms are kept.
   */
  'study.start': {
    params: z.object({
      id: z.string(),
      name: z.string(),
      config: studyConfigSchema,
      resume: z.boolean(),
      guessed: z.record(z.string(), z.string()),
      /** Keys for arms that reach the network, by arm key: kept for this call alone. */
      secrets: z.record(z.string(), z.string()),
    }),
    event: studyEventSchema,
    result: studyReportSchema,
  },
  /** skip ends the arm or curve point under way; end keeps what is finished and goes to the advice. */
  'study.control': {
    params: z.object({ id: z.string(), action: z.enum(['pause', 'resume', 'skip', 'end']) }),
    event: none,
    result: none,
  },
  'study.list': { params: none, event: none, result: z.array(studySummarySchema) },
  'study.open': {
    params: z.object({ id: z.string() }),
    event: none,
    /** The rows are null until the first arm has answered. */
    result: z.object({ report: studyReportSchema.nullable(), rows: studyRowsSchema.nullable() }),
  },
  /** The newest that stopped half-way and that no tab goes on with. */
  'study.interrupted': {
    params: none,
    event: none,
    result: z
      .object({ id: z.string(), name: z.string(), config: studyConfigSchema, finished: z.array(z.string()) })
      .nullable(),
  },
  /** Another reference, price or situation: the same answers compared and advised on anew. */
  'study.restate': {
    params: z.object({
      id: z.string(),
      reference: z.string(),
      pricePerMillion: z.number(),
      situation: situationSchema.nullable(),
    }),
    event: none,
    result: studyReportSchema,
  },
  'study.rename': {
    params: z.object({ id: z.string(), name: z.string().min(1).max(120) }),
    event: none,
    result: none,
  },
  /** With its runs when `runs` is set. */
  'study.delete': { params: z.object({ id: z.string(), runs: z.boolean() }), event: none, result: none },
  /** A page to print or share, every answer as CSV, or all there is as JSON. @throws study-missing */
  'study.export': {
    params: z.object({ id: z.string(), kind: z.enum(['html', 'csv', 'json']) }),
    event: none,
    result: z.object({ name: z.string(), bytes: z.instanceof(ArrayBuffer) }),
  },
  /** The export's file list without building it. */
  'export.preview': {
    params: z.object({ id: z.string() }),
    event: none,
    result: z.object({
      name: z.string(),
      files: z.array(z.object({ path: z.string(), bytes: z.number(), opensIn: z.string() })),
      card: z.string(),
      snippets: z.array(z.object({ title: z.string(), language: z.string(), code: z.string() })),
    }),
  },
  'export.build': {
    params: z.object({ id: z.string() }),
    event: progress,
    result: z.object({ name: z.string(), bytes: z.instanceof(ArrayBuffer) }),
  },
  /** A run as one file that `run.import` reopens in any Hone. */
  'run.save': {
    params: z.object({ id: z.string() }),
    event: none,
    result: z.object({ name: z.string(), bytes: z.instanceof(ArrayBuffer) }),
  },
  'run.import': { params: z.object({ file: z.instanceof(Blob) }), event: progress, result: runSummarySchema },
} as const satisfies Record<string, { params: z.ZodType; event: z.ZodType; result: z.ZodType }>;

export type CallKind = keyof typeof calls;
export type Params<K extends CallKind> = z.infer<(typeof calls)[K]['params']>;
export type Result<K extends CallKind> = z.infer<(typeof calls)[K]['result']>;
export type CallEvent<K extends CallKind> = z.infer<(typeof calls)[K]['event']>;

/** page → worker. `abort` asks the call of that id to stop. */
export const requestSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('call'),
    version: z.literal(PROTOCOL_VERSION),
    id: z.number(),
    kind: z.string(),
    params: z.unknown(),
  }),
  z.object({ type: z.literal('abort'), id: z.number() }),
  /** To an `ask` of that id. */
  z.object({
    type: z.literal('answer'),
    id: z.number(),
    result: z.unknown(),
    error: errorDataSchema.nullable(),
  }),
]);
export type Request = z.infer<typeof requestSchema>;

/** worker → page. */
export const responseSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('event'), id: z.number(), event: z.unknown() }),
  z.object({ type: z.literal('result'), id: z.number(), result: z.unknown() }),
  z.object({ type: z.literal('error'), id: z.number(), error: errorDataSchema }),
  /** Of no call: the engine asks for what the page alone can do (core/pageQuestions). */
  z.object({ type: z.literal('ask'), id: z.number(), question: z.string(), params: z.unknown() }),
  /** The question of that id is not waited for any more. */
  z.object({ type: z.literal('unask'), id: z.number() }),
  /** Of no call: so many bytes are on their way to another origin than the page's own. */
  z.object({ type: z.literal('sent'), origin: z.string(), bytes: z.number() }),
]);
export type Response = z.infer<typeof responseSchema>;

export interface HandlerContext<K extends CallKind> {
  emit(event: CallEvent<K>): void;
  signal: AbortSignal;
}
export type Handlers = {
  [K in CallKind]: (params: Params<K>, context: HandlerContext<K>) => Promise<Result<K>>;
};
