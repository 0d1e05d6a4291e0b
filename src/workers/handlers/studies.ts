import { breathe } from '../../engine/core/breathe';
import { EngineError } from '../../engine/core/errors';
import { isDone, type StudyReport } from '../../engine/core/study';
import { fileStem } from '../../engine/export/format';
import { studyCsv } from '../../engine/export/studyCsv';
import { studyPage } from '../../engine/export/studyPage';
import { listRunIds, runFolder } from '../../engine/pipeline/artifacts';
import { endedEarly, type StudyControl, study, timedRun } from '../../engine/study';
import {
  isStudyId,
  listStudyIds,
  loadArmFile,
  loadRows,
  loadStudyHead,
  loadStudyReport,
  saveStudyHead,
  saveStudyReport,
  studyFolder,
} from '../../engine/study/artifacts';
import { restated } from '../../engine/study/restate';
import { engineState } from '../engineState';
import { runLock } from '../locks';
import type { HandlerContext, Handlers, Params, Result, StudySummary } from '../protocol';
import { lossOf, occupy, trainingHere } from '../trainingSlot';
import { closeRun } from './openRun';
import { pause, whileTraining } from './training';

interface ActiveStudy {
  id: string;
  control: StudyControl;
  /** Ends the pause. */
  go: () => void;
  report: StudyReport | null;
  /** Aborted when the user ends the study. */
  ended: AbortController;
}

let active: ActiveStudy | null = null;

async function start(
  params: Params<'study.start'>,
  context: HandlerContext<'study.start'>,
): Promise<StudyReport> {
  const leave = occupy(params.id);
  const mine: ActiveStudy = {
    id: params.id,
    control: { paused: null, current: new AbortController(), endRequested: false },
    go: () => undefined,
    report: null,
    ended: new AbortController(),
  };
  active = mine;
  context.signal.addEventListener('abort', () => end(mine), { once: true });
  try {
    return await whileTraining(params.id, (alone) => drive(mine, params, context, alone));
  } finally {
    active = null;
    leave();
  }
}

async function drive(
  mine: ActiveStudy,
  { config, ...request }: Params<'study.start'>,
  { emit }: HandlerContext<'study.start'>,
  /** No other tab trains. */
  alone: boolean,
): Promise<StudyReport> {
  const state = await engineState();
  try {
    state.holdBackend(config.backend);
    const ports = await state.ports(timedRun(config), {
      onProgress: ({ label, ...portion }) => emit({ type: 'preparing', ...portion, detail: label }),
      signal: mine.ended.signal,
      quiet: async () => alone,
    });
    const events = study(request, config, ports, mine.control);
    for (;;) {
      const { done, value } = await events.next();
      if (done) return value;
      if (value.type === 'report') mine.report = value.report;
      emit(value);
      await breathe();
    }
  } catch (error) {
    if (mine.ended.signal.aborted && error === mine.ended.signal.reason) throw endedEarly();
    throw await lossOf(error);
  } finally {
    state.holdBackend(null);
  }
}

function end(mine: ActiveStudy): void {
  mine.ended.abort();
  mine.control.endRequested = true;
  mine.control.current.abort();
  mine.go();
}

async function control({ id, action }: Params<'study.control'>): Promise<null> {
  const mine = active;
  if (!mine || mine.id !== id) return null;
  switch (action) {
    case 'pause':
      pause(mine);
      return null;
    case 'resume':
      mine.go();
      return null;
    case 'skip':
      mine.control.current.abort();
      mine.go();
      return null;
    case 'end':
      end(mine);
      return null;
    default:
      return action satisfies never;
  }
}

/** Does `work` while no other tab goes on with the study. @throws run-under-way, open-elsewhere, study-missing */
async function changing<T>(id: string, work: () => Promise<T>): Promise<T> {
  if (trainingHere() === id) {
    throw new EngineError({
      code: 'run-under-way',
      message: 'This study is under way.',
      hint: 'Wait for it to end, or end it.',
    });
  }
  if (!isStudyId(id)) throw missing(id);
  return (await engineState()).locks.alone(runLock(id), work);
}

/** A report without its end is of arms so far. */
async function isFinished(id: string): Promise<boolean> {
  const report = await loadStudyReport((await engineState()).storage, id);
  return report !== null && report.finished_at !== null;
}

async function summary(id: string): Promise<StudySummary | null> {
  const { storage } = await engineState();
  const head = isStudyId(id) ? await loadStudyHead(storage, id) : null;
  if (!head) return null;
  const files = await Promise.all(head.config.arms.map(({ key }) => loadArmFile(storage, id, key)));
  const finished = files.flatMap((file) => (file?.report.status === 'finished' ? [file.report] : []));
  const [best] = [...finished].sort((a, b) => b.accuracy - a.accuracy);
  return {
    id,
    name: head.name,
    state: (await isFinished(id)) ? 'finished' : 'interrupted',
    createdAt: head.createdAt,
    data: head.config.data.name,
    arms: head.config.arms.length,
    finishedArms: finished.filter(isDone).length,
    best: best ? { label: best.label, accuracy: best.accuracy } : null,
  };
}

/** Newest first, without the one under way here. */
async function summaries(): Promise<StudySummary[]> {
  const ids = (await listStudyIds((await engineState()).storage)).filter((id) => id !== active?.id);
  const found = (await Promise.all(ids.map(summary))).flatMap((one) => one ?? []);
  return found.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}

async function interrupted(): Promise<Result<'study.interrupted'>> {
  const { storage, locks } = await engineState();
  for (const { id, state } of await summaries()) {
    if (state === 'finished' || !(await locks.freed(runLock(id)))) continue;
    const head = await loadStudyHead(storage, id);
    // Read again: whoever held it may have brought it to its end.
    if (!head || (await isFinished(id))) continue;
    const files = await Promise.all(head.config.arms.map(({ key }) => loadArmFile(storage, id, key)));
    const finished = files.flatMap((file) => (file && isDone(file.report) ? [file.report.id] : []));
    return { id, name: head.name, config: head.config, finished };
  }
  return null;
}

async function open({ id }: Params<'study.open'>): Promise<Result<'study.open'>> {
  const { storage } = await engineState();
  if (active?.id === id) return { report: active.report, rows: await loadRows(storage, id) };
  if (!isStudyId(id) || !(await loadStudyHead(storage, id))) throw missing(id);
  return { report: await loadStudyReport(storage, id), rows: await loadRows(storage, id) };
}

async function restate({ id, ...changes }: Params<'study.restate'>): Promise<StudyReport> {
  return changing(id, async () => {
    const { storage } = await engineState();
    const [report, rows] = [await loadStudyReport(storage, id), await loadRows(storage, id)];
    if (!report || !rows) throw missing(id);
    const files = await Promise.all(report.arms.map((arm) => loadArmFile(storage, id, arm.id)));
    const next = restated(
      report,
      rows,
      files.flatMap((file) => file ?? []),
      changes,
    );
    const head = await loadStudyHead(storage, id);
    if (head) await saveStudyHead(storage, { ...head, config: next.config });
    await saveStudyReport(storage, next);
    return next;
  });
}

async function rename({ id, name }: Params<'study.rename'>): Promise<null> {
  return changing(id, async () => {
    const { storage } = await engineState();
    const head = await loadStudyHead(storage, id);
    if (!head) throw missing(id);
    await saveStudyHead(storage, { ...head, name });
    const report = await loadStudyReport(storage, id);
    if (report) await saveStudyReport(storage, { ...report, name });
    return null;
  });
}

async function remove({ id, runs }: Params<'study.delete'>): Promise<null> {
  return changing(id, async () => {
    const { storage } = await engineState();
    // Those of arms that were dropped from the study, too.
    for (const run of (await listRunIds(storage)).filter((each) => each.startsWith(`${id}-`))) {
      // A run that did not finish goes on with its study or not at all.
      const stays = !runs && (await storage.read(`${runFolder(run)}/report.json`)) !== undefined;
      if (stays) continue;
      closeRun(run);
      await storage.remove(runFolder(run));
    }
    await storage.remove(studyFolder(id));
    return null;
  });
}

async function exported({ id, kind }: Params<'study.export'>): Promise<Result<'study.export'>> {
  const { report, rows } = await open({ id });
  if (!report || !rows) throw missing(id);
  const text = {
    html: () => studyPage(report, rows),
    csv: () => studyCsv(rows),
    json: () => `${JSON.stringify({ report, rows }, null, 2)}\n`,
  }[kind]();
  return {
    name: `${fileStem(report.name, 'study')}.${kind}`,
    bytes: new TextEncoder().encode(text).buffer,
  };
}

function missing(id: string): EngineError {
  return new EngineError({
    code: 'study-missing',
    message: 'This study is not stored in this browser any more, or is not finished.',
    hint: 'Open another one, or start it again.',
    details: { id },
  });
}

export const studyHandlers = {
  'study.start': start,
  'study.control': control,
  'study.list': summaries,
  'study.open': open,
  'study.interrupted': interrupted,
  'study.restate': restate,
  'study.rename': rename,
  'study.delete': remove,
  'study.export': exported,
} satisfies Partial<Handlers>;
