/**
 * A study from rows to advice, read top to bottom: the rows are split, tokenized and read once; then every arm
 * answers the same test rows, one after another; then the learning curve; then the advice. Each finished arm is
 * stored, so that a study goes on after a reload with the arm it was at.
 */

import type { ArmEvent, ArmInput, ArmOutcome } from './arms/arm';
import { runConfigOf } from './arms/method/runConfig';
import { loadArm } from './arms/registry';
import { armNames, armSettings, armSpec, sendsOutside } from './arms/specs';
import { assertTrustworthy } from './backend/start';
import { validateSettings } from './catalog';
import { breathe } from './core/breathe';
import type { RunConfig } from './core/config';
import { EngineError, toErrorData } from './core/errors';
import type { Settings } from './core/fields';
import { memoryStorage, type Storage } from './core/storage';
import {
  type ArmChoice,
  type ArmReport,
  type CurvePoint,
  isDone,
  type StudyConfig,
  type StudyEvent,
  type StudyReport,
} from './core/study';
import { advise } from './evaluation/advice';
import { moreData } from './evaluation/learningCurve';
import { predictedClasses } from './evaluation/metrics';
import { scoresOf } from './evaluation/scores';
import type { LoadedModel } from './model/load';
import { createProbe, readBase, type SharedReading } from './pipeline/baseline';
import type { Ports, RunControl } from './pipeline/ports';
import { checkLength, type PreparedData, readDataset, tokenize } from './pipeline/prepare';
import {
  type ArmFile,
  armRunId,
  loadArmFile,
  loadCurve,
  loadKept,
  loadStudyHead,
  loadStudyReport,
  removeKept,
  saveArm,
  saveCurve,
  saveKept,
  saveRows,
  saveStudyHead,
  saveStudyReport,
} from './study/artifacts';
import { forgetChanged } from './study/changed';
import { withFewerRows } from './study/draws';
import { studyData, studyRows, withComparisons } from './study/report';
import { drain } from './training/rows';
import { typedSettings } from './training/settings';
import type { TunedModel } from './tuning/tuned';

export interface StudyRequest {
  id: string;
  name: string;
  /** Keep what is finished and go on. */
  resume: boolean;
  guessed: Readonly<Record<string, string>>;
  /** Keys for arms that need one, by arm key; held in memory for this call alone. */
  secrets: Readonly<Record<string, string>>;
}

/** Steering from outside. Ending keeps the finished arms and goes straight to the advice. */
export interface StudyControl {
  paused: Promise<void> | null;
  /** Ends the arm (or curve point) under way; replaced for each. */
  current: AbortController;
  endRequested: boolean;
}

interface Open {
  request: StudyRequest;
  config: StudyConfig;
  ports: Ports;
  control: StudyControl;
  base: LoadedModel;
  probe: TunedModel;
  shared: SharedReading;
  readingSeconds: number;
  maxLength: number;
  seed: number;
  createdAt: string;
  files: ArmFile[];
  points: CurvePoint[];
}

/**
 * @throws EngineError for bad data, settings or models; what fails inside one arm is that arm's result instead.
 * `return()` cancels and keeps what is stored; every tensor made here is freed either way.
 */
export async function* study(
  request: StudyRequest,
  config: StudyConfig,
  ports: Ports,
  control: StudyControl,
): AsyncGenerator<StudyEvent, StudyReport> {
  const { maxLength, seed } = checkStudy(config);
  yield { type: 'preparing', detail: 'Loading the model', done: 0, total: 0 };
  const base = await ports.loadModel(config.model.id);
  checkLength(maxLength, base);
  const dataset = await readDataset(config, ports);
  const createdAt =
    (request.resume ? await loadStudyHead(ports.storage, request.id) : null)?.createdAt ??
    new Date().toISOString();
  const { id, name, guessed } = request;
  const dropped = request.resume ? await forgetChanged(ports.storage, id, config) : [];
  const head = { version: 1, id, name, createdAt, config, guessed: { ...guessed }, dropped } as const;
  await saveStudyHead(ports.storage, head);
  if (request.resume) await reopenReport(ports.storage, id, config);
  const data = yield* preparing(control, tokenize(dataset, base, maxLength));
  const probe = await createProbe(base, dataset.classes.length, seed);
  try {
    const reading = readBase(probe, data, base.encoder.shape.layers, ports.now);
    const { value, seconds } = yield* preparing(control, timed(reading, ports.now));
    const readingSeconds = seconds * learnedShare(data);
    const shared = { data, pooled: value.pooled };
    const open: Open = {
      ...{ request, config, ports, control, base, probe, shared, readingSeconds },
      ...{ maxLength, seed, createdAt },
      files: [],
      points: request.resume ? await loadCurve(ports.storage, id) : [],
    };
    yield* runArms(open);
    yield* runCurve(open);
    const report = reportOf(open, new Date().toISOString());
    await saveStudyReport(ports.storage, report);
    yield { type: 'report', report };
    return report;
  } finally {
    probe.dispose();
  }
}

/** Passes events on and counts the seconds of work between them, not those for which the study is held. */
async function* timed<E, T>(
  events: AsyncGenerator<E, T>,
  now: () => number,
): AsyncGenerator<E, { value: T; seconds: number }> {
  let seconds = 0;
  for (;;) {
    const started = now();
    const { done, value } = await events.next();
    seconds += (now() - started) / 1000;
    if (done) return { value, seconds };
    yield value;
  }
}

/** The share of all tokens that stands in rows to learn from and to check on, not to test on. */
function learnedShare({ splits }: PreparedData): number {
  const tokens = ({ rows }: PreparedData['splits']['test']): number =>
    rows.texts.reduce((sum, { ids }) => sum + ids.length, 0);
  const learned = tokens(splits.train) + tokens(splits.validation);
  return learned / Math.max(1, learned + tokens(splits.test));
}

/** Everything that can be known to be wrong before work begins. @throws unknown-arm, bad-setting, bad-study, rows-stay-inside */
export function checkStudy(config: StudyConfig): { maxLength: number; seed: number } {
  const length = (training: Settings): number =>
    typedSettings(
      validateSettings({ method: { id: 'head', settings: {} }, training: { ...training } }).training,
    ).maxLength;
  const maxLength = length(config.training);
  for (const choice of config.arms) {
    const settings = armSettings(choice);
    const spec = armSpec(choice.arm);
    const { trains, label } = spec;
    if (config.situation?.stayInside && sendsOutside(spec, settings)) {
      throw new EngineError({
        code: 'rows-stay-inside',
        message: `“${label}” would send rows to ${settings.address}, and your rows must stay inside.`,
        hint: 'Leave it out, or give the address of a server on this computer or your own network.',
        details: { arm: choice.key, field: 'address' },
      });
    }
    if (!trains) continue;
    const training = trainingOf(config, choice);
    validateSettings({ method: { id: trains.method, settings: { ...settings } }, training: { ...training } });
    if (length({ ...training }) !== maxLength) {
      throw new EngineError({
        code: 'bad-setting',
        message: `${label} reads texts of another “Max length” than the other arms.`,
        hint: 'Set it for the whole study: arms are compared on the same texts.',
        details: { field: 'maxLength' },
      });
    }
  }
  const keys = config.arms.map(({ key }) => key);
  for (const key of [config.reference, ...(config.curve?.arms ?? [])]) {
    if (keys.includes(key)) continue;
    throw new EngineError({
      code: 'bad-study',
      message: `“${key}” is not among the arms of this study.`,
      hint: `Add it, or choose one of: ${keys.join(', ')}.`,
    });
  }
  // Each point would ask, and pay, for all test rows again.
  const outside = config.arms.find(
    ({ key, arm }) => config.curve?.arms.includes(key) && armSpec(arm).reach !== 'tab',
  );
  if (outside) {
    throw new EngineError({
      code: 'bad-study',
      message: `“${armSpec(outside.arm).label}” cannot be drawn against the number of rows: it would be asked every test row again for each point.`,
      hint: 'Leave it out of the curve; it still answers the test rows once.',
    });
  }
  return { maxLength, seed: config.data.split.seed };
}

/** Training settings of an arm that trains: the study's, the arm's own, then those of the choice. */
function trainingOf(config: StudyConfig, { arm, training }: ArmChoice): Settings {
  return { ...config.training, ...armSpec(arm).trains?.training, ...training };
}

export function endedEarly(): EngineError {
  return new EngineError({
    code: 'cancelled',
    message: 'The study was ended before its first arm began.',
    hint: 'Start it again when you like; your choices are kept.',
  });
}

/** The run by which the place to compute is chosen: the first arm that trains more than the head, else the head. */
export function timedRun(config: StudyConfig): RunConfig {
  const trains = config.arms.find(({ arm }) => (armSpec(arm).trains?.method ?? 'head') !== 'head');
  const choice = trains ?? { key: 'head', arm: 'head', settings: {}, training: {} };
  const method = armSpec(choice.arm).trains?.method ?? 'head';
  return runConfigOf(config, method, armSettings(choice), trainingOf(config, choice));
}

/** @throws cancelled when the study is ended meanwhile: there is nothing yet to keep */
async function* preparing<T>(
  control: StudyControl,
  events: AsyncGenerator<{ type: string }, T>,
): AsyncGenerator<StudyEvent, T> {
  for (;;) {
    if (control.endRequested) throw endedEarly();
    const { done, value } = await events.next();
    if (done) return value;
    const {
      detail = 'Preparing the rows',
      done: finished = 0,
      total = 0,
    } = value as Partial<Extract<ArmEvent, { type: 'work' }>>;
    yield { type: 'preparing', detail, done: finished, total };
  }
}

/** A report that was whole is not while arms are added to it or tried again. */
async function reopenReport(storage: Storage, id: string, config: StudyConfig): Promise<void> {
  const report = await loadStudyReport(storage, id);
  if (report) await saveStudyReport(storage, { ...report, config, finished_at: null });
}

async function* runArms(open: Open): AsyncGenerator<StudyEvent, void> {
  const { config, control, ports, request } = open;
  let untold = false;
  for (const choice of config.arms) {
    const stored = request.resume ? await loadArmFile(ports.storage, request.id, choice.key) : null;
    if (stored && isDone(stored.report)) {
      open.files.push(stored);
      untold = true;
      continue;
    }
    if (untold) yield { type: 'report', report: reportOf(open, null) };
    untold = false;
    const short = stored?.report.status === 'finished' ? stored : null;
    const file = control.endRequested ? (short ?? skipped(open, choice)) : yield* runArm(open, choice, short);
    open.files.push(file);
    await saveArm(ports.storage, request.id, file);
    if (file !== short && file.report.status === 'finished') {
      await removeKept(ports.storage, request.id, choice.key);
    }
    await saveRows(ports.storage, request.id, studyRows(open.shared.data, open.files));
    yield* tellReport(open);
  }
}

/** @param short what the arm had answered when it was cut short, which it never ends with less than */
async function* runArm(
  open: Open,
  choice: ArmChoice,
  short: ArmFile | null,
): AsyncGenerator<StudyEvent, ArmFile> {
  const { control, ports, request, shared } = open;
  control.current = new AbortController();
  const { key } = choice;
  const label = armNames(open.config.arms)[key];
  yield { type: 'arm', id: key, detail: 'Starting', done: 0, total: 0, secondsLeft: null };
  const run = { id: armRunId(request.id, key), name: `${request.name} · ${label}`, resume: request.resume };
  try {
    const outcome = yield* steered(open, choice, {
      ...inputOf(open, choice, shared, run),
      kept: (request.resume ? await loadKept(ports.storage, request.id, key) : null) ?? short?.kept ?? null,
    });
    return outcome ? finished(open, choice, outcome) : (short ?? skipped(open, choice));
  } catch (error) {
    throwIfLost(error);
    return short ?? unanswered(open, choice, 'failed', toErrorData(error));
  }
}

/** All that is known so far, kept for whoever opens the study before it is whole. */
async function* tellReport(open: Open): AsyncGenerator<StudyEvent, void> {
  const report = reportOf(open, null);
  await saveStudyReport(open.ports.storage, report);
  yield { type: 'report', report };
}

function inputOf(open: Open, choice: ArmChoice, shared: SharedReading, run: ArmInput['run']): ArmInput {
  const { config, control, maxLength, ports, probe, readingSeconds, request, seed } = open;
  return {
    ...{ choice, config, maxLength, ports, probe, readingSeconds, run, seed },
    ...shared,
    settings: armSettings(choice),
    training: trainingOf(config, choice),
    control: runControl(control),
    signal: control.current.signal,
    kept: null,
    secret: request.secrets[choice.key] ?? null,
  };
}

/** A run inside a study pauses with it, and is never stopped early by it. */
function runControl(control: StudyControl): RunControl {
  return {
    stopRequested: false,
    get paused() {
      return control.paused;
    },
  };
}

/** Pulls an arm to its end; null when it was skipped and keeps nothing. */
async function* steered(
  { control, ports, request }: Open,
  { key, arm }: ArmChoice,
  input: ArmInput,
): AsyncGenerator<StudyEvent, ArmOutcome | null> {
  const events = (await loadArm(arm))(input);
  let totalSteps = 0;
  try {
    for (;;) {
      const { done, value } = await events.next();
      if (done) return value;
      if (value.type === 'plan') totalSteps = value.totalSteps;
      if (value.type === 'keep') await saveKept(ports.storage, request.id, key, value.kept);
      yield* told(key, value, totalSteps);
      await breathe();
      await control.paused;
      if (!input.signal.aborted) continue;
      if (armSpec(arm).reach === 'tab') return null;
      // What was answered elsewhere may have been paid for: such an arm ends with what it has.
      const last = await events.throw(input.signal.reason);
      return last.done ? last.value : null;
    }
  } catch (error) {
    if (input.signal.aborted) return null;
    throw error;
  } finally {
    await events.return(undefined as never);
  }
}

function* told(id: string, event: ArmEvent, totalSteps: number): Generator<StudyEvent> {
  switch (event.type) {
    case 'work':
      yield { ...event, type: 'arm', id, secondsLeft: null };
      return;
    case 'phase':
      yield {
        ...{ type: 'arm', id, done: event.done, total: event.total, secondsLeft: null },
        detail: event.detail ?? PHASE_WORDS[event.phase],
      };
      return;
    case 'step':
      yield { ...event, id, totalSteps };
      return;
    case 'evaluation': {
      const { pinned: _, ...scores } = event;
      yield { ...scores, id };
      return;
    }
    default:
  }
}

const PHASE_WORDS = {
  loading: 'Loading the model',
  tokenizing: 'Splitting texts into tokens',
  baselines: 'Reading the rows',
  'warming-up': 'Warming up',
  training: 'Training',
  testing: 'Predicting the test rows',
} as const;

function finished(open: Open, choice: ArmChoice, outcome: ArmOutcome): ArmFile {
  const { rows } = open.shared.data.splits.test;
  const classes = open.shared.data.dataset.classes.length;
  const { answers } = outcome;
  const asked = outcome.rows ?? Array.from(rows.labels.keys());
  const expected = asked.map((row) => rows.labels[row] as number);
  const probabilities = 'probabilities' in answers ? answers.probabilities : null;
  const predicted = Array.from(
    'predicted' in answers ? answers.predicted : predictedClasses(answers.probabilities),
  );
  const confidence = probabilities && Array.from(probabilities, (row) => Math.max(...Array.from(row)));
  const spread = <T>(values: readonly T[]): (T | null)[] => {
    const all = new Array<T | null>(rows.labels.length).fill(null);
    asked.forEach((row, at) => {
      all[row] = values[at] as T;
    });
    return all;
  };
  return {
    report: {
      ...blank(open, choice),
      status: 'finished',
      ...scoresOf(expected, answers, classes, open.seed),
      trainable_parameters: outcome.trainableParameters,
      bytes: outcome.bytes,
      train_s: outcome.trainSeconds,
      latency_ms: outcome.latencyMs,
      prompt_tokens: outcome.promptTokens,
      ...(outcome.costPerThousand === undefined ? {} : { cost_per_thousand: outcome.costPerThousand }),
      unanswered: predicted.filter((guess) => guess < 0).length,
      left: outcome.unfinished?.left ?? 0,
      run: outcome.run,
      notes: [...outcome.notes],
    },
    predicted: spread(predicted),
    confidence: confidence && spread(confidence),
    kept: outcome.unfinished?.kept,
  };
}

function skipped(open: Open, choice: ArmChoice): ArmFile {
  return unanswered(open, choice, 'skipped', null);
}

function unanswered(
  open: Open,
  choice: ArmChoice,
  status: ArmReport['status'],
  error: ArmReport['error'],
): ArmFile {
  return { report: { ...blank(open, choice), status, error }, predicted: null, confidence: null };
}

function blank({ shared }: Open, choice: ArmChoice): ArmReport {
  return {
    id: choice.key,
    arm: choice.arm,
    label: armSpec(choice.arm).label,
    settings: armSettings(choice) as ArmReport['settings'],
    status: 'finished',
    error: null,
    n: shared.data.splits.test.examples.length,
    accuracy: 0,
    macro_f1: 0,
    ci95: { accuracy: [0, 1], macro_f1: [0, 1] },
    loss: null,
    ece: null,
    versus: null,
    ties: [],
    pairs: {},
    trainable_parameters: 0,
    bytes: 0,
    train_s: 0,
    latency_ms: null,
    prompt_tokens: 0,
    unanswered: 0,
    left: 0,
    run: null,
    notes: [],
  };
}

/** What an arm cannot be blamed for: nothing else would work either until the engine is started anew. */
function throwIfLost(error: unknown): void {
  assertTrustworthy();
  if (toErrorData(error).code === 'thread-lost') throw error;
}

async function* runCurve(open: Open): AsyncGenerator<StudyEvent, void> {
  const { config, control, ports, request, shared } = open;
  if (!config.curve) return;
  const all = shared.data.splits.train.examples.length;
  const sizes = [...new Set(config.curve.sizes.filter((rows) => rows < all))].sort((a, b) => a - b);
  const draws = Array.from({ length: config.curve.draws }, (_, draw) => draw);
  // An arm that was skipped or failed would be so at every size.
  const arms = config.curve.arms.filter((key) =>
    open.files.some(({ report }) => report.id === key && report.status === 'finished'),
  );
  const jobs = sizes.flatMap((rows) => draws.flatMap((draw) => arms.map((arm) => ({ arm, rows, draw }))));
  addWhole(open, all);
  for (const [done, { arm, rows, draw }] of jobs.entries()) {
    if (control.endRequested) break;
    const choice = config.arms.find(({ key }) => key === arm) as ArmChoice;
    const seed = open.seed + draw;
    const known = open.points.find((point) => point.arm === arm && point.rows === rows);
    if (known?.draws.some((one) => one.seed === seed)) continue;
    // Whoever ends or skips it may do so as soon as it is told of.
    control.current = new AbortController();
    yield { type: 'curve', arm, rows, done, total: jobs.length };
    // A point's own steps would flood the page, which shows how many points are done.
    const scores = await drain(drawPoint(open, choice, rows, seed));
    if (!scores) continue;
    const point = { arm, rows, draws: [...(known?.draws ?? []), { seed, ...scores }] };
    open.points = [...open.points.filter((other) => other !== known), point];
    await saveCurve(ports.storage, request.id, open.points);
    yield* tellReport(open);
  }
}

/** The whole training split was measured by the arm itself. */
function addWhole(open: Open, rows: number): void {
  for (const arm of open.config.curve?.arms ?? []) {
    const report = open.files.find((file) => file.report.id === arm)?.report;
    if (
      report?.status !== 'finished' ||
      open.points.some((point) => point.arm === arm && point.rows === rows)
    )
      continue;
    const { accuracy, macro_f1 } = report;
    open.points.push({ arm, rows, draws: [{ seed: open.seed, accuracy, macro_f1 }] });
  }
}

/** One arm on fewer rows: nothing of it is stored but its scores. Null when it cannot be done or was skipped. */
async function* drawPoint(
  open: Open,
  choice: ArmChoice,
  rows: number,
  seed: number,
): AsyncGenerator<StudyEvent, { accuracy: number; macro_f1: number } | null> {
  const shared = withFewerRows(open.shared, rows, seed);
  const run = { id: 'point', name: 'point', resume: false };
  const input: ArmInput = {
    ...inputOf(open, choice, shared, run),
    ports: { ...open.ports, storage: memoryStorage() },
    seed,
  };
  input.training = { ...input.training, seed };
  try {
    const outcome = yield* steered(open, choice, input);
    if (!outcome) return null;
    const classes = shared.data.dataset.classes.length;
    const { accuracy, macro_f1 } = scoresOf(
      shared.data.splits.test.rows.labels,
      outcome.answers,
      classes,
      seed,
    );
    return { accuracy, macro_f1 };
  } catch (error) {
    throwIfLost(error);
    if (error instanceof EngineError) return null;
    throw error;
  }
}

function reportOf(open: Open, finishedAt: string | null): StudyReport {
  const { base, config, createdAt, files, points, ports, request, shared } = open;
  const { rows } = shared.data.splits.test;
  const data = studyData(shared.data);
  // What was drawn for arms or curves that are not asked for now stays stored.
  const curve = points.filter(({ arm }) => config.curve?.arms.includes(arm));
  const report: Omit<StudyReport, 'advice'> = {
    version: 1,
    id: request.id,
    name: request.name,
    created_at: createdAt,
    finished_at: finishedAt,
    config,
    guessed: { ...request.guessed },
    data,
    model: { id: base.id, parameters: base.parameters, bytes: 4 * base.parameters },
    backend: ports.backend,
    arms: withComparisons(files, Array.from(rows.labels), config),
    learning_curve: config.curve ? curve : null,
    // Of draws still coming in, the answer would change from one to the next.
    more_data: finishedAt === null ? [] : moreData(curve, data.splits.test),
  };
  return { ...report, advice: advise(report) };
}
