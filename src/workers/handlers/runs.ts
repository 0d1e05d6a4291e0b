import { breathe, breatheUnlessAborted } from '../../engine/core/breathe';
import { EngineError } from '../../engine/core/errors';
import type { RunReport } from '../../engine/core/report';
import { readFloat32, readSafetensors } from '../../engine/core/safetensors';
import { zeroShot } from '../../engine/evaluation/zeroShot';
import { packRun, unpackRun } from '../../engine/export/runFile';
import { pipeline } from '../../engine/pipeline';
import {
  isRunId,
  listRunIds,
  loadFinished,
  loadHead,
  loadReport,
  loadTrained,
  packTensors,
  renameRun,
  runFolder,
  saveFinished,
  saveHead,
} from '../../engine/pipeline/artifacts';
import { createProbe, readDescriptions, zeroShotRows } from '../../engine/pipeline/baseline';
import { estimateRun, type RunEstimate } from '../../engine/pipeline/estimate';
import type { RunControl } from '../../engine/pipeline/ports';
import { scorePredictions } from '../../engine/pipeline/report';
import { listStudyIds } from '../../engine/study/artifacts';
import { checkpointProgress } from '../../engine/training/checkpoint';
import { drain, predictRows, type Rows, readTexts } from '../../engine/training/rows';
import { engineState } from '../engineState';
import { runLock, TRAINING_LOCK } from '../locks';
import type { HandlerContext, Handlers, Params, Result, RunSummary } from '../protocol';
import { lossOf, occupy, timed, trainingHere } from '../trainingSlot';
import { closeRun, descriptionsOf, isInUse, type OpenedRun, withRun } from './openRun';
import { pause, whileTraining } from './training';

interface ActiveRun {
  id: string;
  control: RunControl;
  /** Ends the pause. */
  go: () => void;
  cancelled: AbortController;
}

let active: ActiveRun | null = null;

async function start(
  params: Params<'run.start'>,
  context: HandlerContext<'run.start'>,
): Promise<RunReport | null> {
  const leave = occupy(params.id);
  const run: ActiveRun = {
    id: params.id,
    control: { stopRequested: false, paused: null },
    go: () => undefined,
    cancelled: new AbortController(),
  };
  // At once, so that a control which follows on the heels of the start finds its run.
  active = run;
  context.signal.addEventListener('abort', () => cancel(run), { once: true });
  try {
    return await whileTraining(params.id, async (alone) => {
      if (params.resume) await refuseFinished(params.id);
      return drive(run, params, context, alone);
    });
  } finally {
    active = null;
    leave();
  }
}

/** Pulls the run to its end, event by event; null when it was cancelled, with nothing left of it. */
async function drive(
  run: ActiveRun,
  { id, name, config, resume, guessed }: Params<'run.start'>,
  { emit }: HandlerContext<'run.start'>,
  /** No other tab trains. */
  alone: boolean,
): Promise<RunReport | null> {
  const state = await engineState();
  try {
    state.holdBackend(config.backend);
    const ports = await state.ports(config, {
      onProgress: ({ label, ...portion }) =>
        emit({ type: 'phase', phase: 'loading', ...portion, detail: label }),
      signal: run.cancelled.signal,
      quiet: async () => alone,
    });
    const events = pipeline({ id, name, resume, guessed: guessed ?? {} }, config, ports, run.control);
    for (;;) {
      const { done, value } = await events.next();
      if (done) return value;
      emit(value);
      await breathe();
      if (run.cancelled.signal.aborted) {
        await events.return(undefined as never);
        await state.storage.remove(runFolder(id));
        return null;
      }
    }
  } catch (error) {
    if (error === run.cancelled.signal.reason) return null;
    throw await lossOf(error);
  } finally {
    state.holdBackend(null);
  }
}

/** Does `work` while no other tab trains or changes the run. @throws run-under-way, open-elsewhere */
async function changing<T>(id: string, work: () => Promise<T>): Promise<T> {
  refuseActive(id);
  return (await engineState()).locks.alone(runLock(id), work);
}

/** The run under way writes into its own folder: nothing else may touch it. @throws run-under-way */
function refuseActive(id: string): void {
  if (active?.id !== id) return;
  throw new EngineError({
    code: 'run-under-way',
    message: 'This run is under way.',
    hint: 'Wait for it to end, or cancel it on the Train page.',
  });
}

/**
 * For what may befall an interrupted run only: another tab may have gone on with it to its end since it was offered
 * here. To be asked under its lock. @throws run-finished
 */
async function refuseFinished(id: string): Promise<void> {
  const report = await loadReport((await engineState()).storage, id);
  if (!report) return;
  throw new EngineError({
    code: 'run-finished',
    message: `“${report.name}” has finished meanwhile, in another tab or before the engine stopped.`,
    hint: 'It is kept as it is: open it under “Runs”, or delete it there.',
  });
}

function cancel(run: ActiveRun): void {
  run.cancelled.abort();
  run.go();
}

async function control({ id, action }: Params<'run.control'>): Promise<null> {
  const run = active;
  if (!run || run.id !== id) return null;
  switch (action) {
    case 'pause':
      pause(run);
      return null;
    case 'resume':
      run.go();
      return null;
    case 'stop':
      run.control.stopRequested = true;
      run.go();
      return null;
    case 'cancel':
      cancel(run);
      return null;
    default:
      return action satisfies never;
  }
}

async function summary(id: string): Promise<RunSummary | null> {
  const { storage } = await engineState();
  const head = await loadHead(storage, id);
  if (!head) return null;
  const report = await loadReport(storage, id);
  const progress = report ? null : await checkpointProgress(storage, runFolder(id));
  return {
    id,
    name: report?.name ?? head.name,
    state: report ? 'finished' : 'interrupted',
    createdAt: head.createdAt,
    method: head.config.method.id,
    model: head.config.model.id,
    data: head.config.data.name,
    accuracy: report?.after.accuracy ?? null,
    step: report?.total_steps ?? progress?.step ?? 0,
    totalSteps: report?.total_steps ?? progress?.totalSteps ?? 0,
    bytes: await storage.size(runFolder(id)),
  };
}

/** Both answers to a typed text. */
async function predict(
  run: OpenedRun,
  text: string,
): Promise<{ classes: string[]; before: number[]; after: number[] }> {
  const { tokenizer } = run.tuned.base;
  const encoded = [text, ...descriptionsOf(run)].map((line) => tokenizer.encode(line, run.maxLength));
  const rows: Rows = { texts: encoded.slice(0, 1), labels: new Int32Array(1), cache: null };
  const untouched = await createProbe(run.tuned.base, 1, 0);
  try {
    const { pooled } = await drain(readTexts(untouched, encoded, null));
    const [after = []] = await drain(predictRows(run.tuned, rows));
    const [before = []] = zeroShot(pooled.slice(0, 1), pooled.slice(1));
    return { classes: [...run.predictions.classes], before, after };
  } finally {
    untouched.dispose();
  }
}

async function describe(
  run: OpenedRun,
  descriptions: Params<'run.describe'>['descriptions'],
  { emit, signal }: HandlerContext<'run.describe'>,
): Promise<Pick<OpenedRun, 'report' | 'predictions'>> {
  const { storage } = await engineState();
  const { id } = run.report;
  const probe = await createProbe(run.tuned.base, 1, 0);
  try {
    const texts = run.predictions.rows.map(({ text }) =>
      run.tuned.base.tokenizer.encode(text, run.maxLength),
    );
    const reading = readTexts(probe, texts, null);
    let next = await reading.next();
    while (!next.done) {
      emit({ label: 'Reading the test rows', ...next.value });
      await breatheUnlessAborted(signal);
      next = await reading.next();
    }
    const pooled: Rows = {
      texts,
      labels: new Int32Array(texts.length),
      cache: { level: probe.base.encoder.shape.layers, values: next.value.pooled },
    };
    const config = { ...run.report.config, descriptions };
    const anchors = await readDescriptions(probe, run.predictions.classes, config, run.maxLength);
    const [before = []] = zeroShotRows([pooled], anchors);
    const predictions = {
      ...run.predictions,
      rows: run.predictions.rows.map((row, i) => ({ ...row, before: before[i] ?? [] })),
    };
    const scored = scorePredictions(
      predictions,
      run.report.data.train_counts,
      config.data.split.seed,
      run.report.baselines.length > 0,
    );
    return await changing(id, async () => {
      // It may have been renamed or described meanwhile, in another tab too.
      const stored = (await loadReport(storage, id)) ?? run.report;
      const rewordings = (stored.rewordings ?? 0) + 1;
      const report: RunReport = { ...run.report, name: stored.name, config, rewordings, ...scored };
      await saveFinished(storage, { report, predictions }, await run.tuned.read());
      closeRun(id);
      return { report, predictions };
    });
  } finally {
    probe.dispose();
  }
}

/** All stored runs but the one that trains here, newest first. */
async function summaries(): Promise<RunSummary[]> {
  const { storage } = await engineState();
  const ids = (await listRunIds(storage)).filter((id) => id !== active?.id);
  const studies = await listStudyIds(storage);
  const ofStudy = ({ id }: RunSummary): boolean => studies.some((study) => id.startsWith(`${study}-`));
  const found = (await Promise.all(ids.map(summary))).flatMap((one) => one ?? []);
  // An unfinished run of a study goes on with the study.
  return found
    .filter((one) => one.state === 'finished' || !ofStudy(one))
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}

/** Without those that another tab trains: they are neither finished nor interrupted. */
async function list(): Promise<RunSummary[]> {
  const [all, held] = [await summaries(), await (await engineState()).locks.held()];
  // An unfinished run that nobody holds is read again: it may have finished, and been let go of, between the two.
  const now = all.map(async (one) => {
    if (one.state === 'finished') return one;
    return held.has(runLock(one.id)) ? null : summary(one.id);
  });
  return (await Promise.all(now)).flatMap((one) => one ?? []);
}

/** The newest that nobody goes on with: waits for a page that was just reloaded to let go of its run. */
async function interrupted(): Promise<Result<'run.interrupted'>> {
  const { storage, locks } = await engineState();
  for (const { id, state } of await summaries()) {
    if (state === 'finished' || !(await locks.freed(runLock(id)))) continue;
    // Read again: whoever held it may have brought it further, or to its end.
    const [now, head] = [await summary(id), await loadHead(storage, id)];
    if (now?.state !== 'interrupted' || !head) continue;
    return { id, name: head.name, config: head.config, step: now.step, totalSteps: now.totalSteps };
  }
  return null;
}

async function estimate(
  { config }: Params<'run.estimate'>,
  { emit, signal }: HandlerContext<'run.estimate'>,
): Promise<RunEstimate> {
  const state = await engineState();
  return timed(signal, async (either) => {
    const options = {
      onProgress: emit,
      signal: either,
      quiet: async () => trainingHere() === null && !(await state.locks.held()).has(TRAINING_LOCK),
    };
    // What is under way keeps its place, and so does a run that is open for a prediction or an export.
    const free = trainingHere() === null && !isInUse();
    const ports = await state.ports(config, free ? options : null);
    return estimateRun(config, ports, options);
  });
}

async function bringIn(
  { file }: Params<'run.import'>,
  { emit, signal }: HandlerContext<'run.import'>,
): Promise<RunSummary> {
  const { storage } = await engineState();
  const pause = (): Promise<void> => breatheUnlessAborted(signal);
  emit({ label: 'Reading the run', done: 0, total: file.size });
  const bytes = new Uint8Array(await file.arrayBuffer());
  await pause();
  const { report: saved, predictions, tensors } = await unpackRun(bytes);
  await pause();
  // Its own id when that is free; a run that is already here is never overwritten.
  const taken = (await listRunIds(storage)).includes(saved.id) || !isRunId(saved.id);
  const report = taken ? { ...saved, id: crypto.randomUUID() } : saved;
  const trained = new Map([...tensors.keys()].map((name) => [name, readFloat32(tensors, name)]));
  return changing(report.id, async () => {
    try {
      await saveHead(storage, {
        version: 1,
        id: report.id,
        name: report.name,
        createdAt: report.finished_at,
        config: report.config,
        guessed: report.guessed,
      });
      await saveFinished(storage, { report, predictions }, trained);
      await pause();
    } catch (error) {
      // Half a run would be offered as one that was interrupted.
      await storage.remove(runFolder(report.id));
      throw error;
    }
    const imported = await summary(report.id);
    if (imported) return imported;
    throw new EngineError({ code: 'bad-run-file', message: 'The run could not be stored.' });
  });
}

export const runHandlers = {
  'run.estimate': estimate,
  'run.start': start,
  'run.control': control,
  'run.list': list,
  'run.open': async ({ id }) => loadFinished((await engineState()).storage, id),
  'run.interrupted': interrupted,
  'run.rename': ({ id, name }) =>
    changing(id, async () => {
      closeRun(id);
      await renameRun((await engineState()).storage, id, name);
      return null;
    }),
  'run.delete': ({ id, unfinished }) =>
    changing(id, async () => {
      if (unfinished) await refuseFinished(id);
      closeRun(id);
      await (await engineState()).storage.remove(runFolder(id));
      return null;
    }),
  'run.predict': ({ id, text }) => withRun(id, (run) => predict(run, text)),
  'run.describe': ({ id, descriptions }, context) =>
    withRun(id, (run) => describe(run, descriptions, context)),
  'run.save': async ({ id }) => {
    const { storage } = await engineState();
    const { report, predictions } = await loadFinished(storage, id);
    const tensors = readSafetensors(packTensors(await loadTrained(storage, id)));
    const packed = await packRun({ report, predictions, tensors });
    return {
      name: `${
        report.name
          .replace(/[^\w-]+/g, '-')
          .replace(/^-+|-+$/g, '')
          .toLowerCase() || 'run'
      }.hone`,
      bytes: packed.buffer,
    };
  },
  'run.import': bringIn,
} satisfies Partial<Handlers>;
