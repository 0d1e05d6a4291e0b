/** The study under way: start, hold, skip, end, and go on after an interruption. */
import { EngineError, type ErrorData, toErrorData } from '../../engine/core/errors';
import {
  type ArmChoice,
  isDone,
  type StudyConfig,
  type StudyEvent,
  type StudyReport,
} from '../../engine/core/study';
import { attempt } from '../activity';
import { engine } from '../client';
import { consentsStore, secretsFor, withoutConsent } from '../consents';
import { endWorker, isLoss, MAX_RECOVERIES } from '../losses';
import { projectStore } from '../project';
import { runStore } from '../run';
import { isUnderWay } from '../runReducer';
import { studiesStore } from '../studies';
import { dispatchStudy, studyStore } from '../study';
import { isStudyUnderWay, type StudySteering } from '../studyReducer';
import { armName, goesOn, studyConfigOf, studySetupStore } from '../studySetup';
import { sweepData } from './data';
import { listRuns } from './runs';
import { findInterruptedStudy, listStudies, loadStudyRows, openStudy } from './studies';

interface Start {
  id: string;
  name: string;
  config: StudyConfig;
  /** What is known already of a study that goes on; null for a new one. */
  report: StudyReport | null;
  /** Keys of the arms that are not asked again. */
  finished: readonly string[];
  resume: boolean;
}

/** Seconds of the page's clock. */
const now = (): number => performance.now() / 1000;

function isFree(): boolean {
  return !isUnderWay(runStore.getState()) && !isStudyUnderWay(studyStore.getState());
}

/**
 * Starts the study that the choices describe, or goes on with the one that stands open where it asks the same of the
 * same rows; resolves when it has ended. True when it finished.
 */
export async function startStudy(): Promise<boolean> {
  const config = studyConfigOf(projectStore.getState(), studySetupStore.getState());
  if (!config || !isFree()) return false;
  const { opened } = studiesStore.getState();
  if (opened && !isComplete(opened.report, config) && goesOn(opened.report, config)) {
    const { id, name } = opened.report;
    return begin({
      ...{ id, name, config, resume: true },
      ...{ report: opened.report, finished: finishedIn(opened.report) },
    });
  }
  const id = newStudyId();
  const stem = config.data.name.replace(/\.[a-z]+$/i, '');
  const name = `${stem} · prompt or tune`;
  studiesStore.setState({ openedId: id, opened: null });
  return begin({ id, name, config, report: null, finished: [], resume: false });
}

/** Whether the stored study has every answer that the config asks for. */
export function isComplete(report: StudyReport, config: StudyConfig): boolean {
  const finished = finishedIn(report);
  const curve = JSON.stringify(config.curve) === JSON.stringify(report.config.curve);
  return config.arms.every(({ key }) => finished.includes(key)) && curve && report.finished_at !== null;
}

const finishedIn = ({ arms }: StudyReport): string[] => arms.filter(isDone).map(({ id }) => id);

/** Goes on with the study that stands open: what failed, was skipped or was cut short, and whatever else it lacks. */
export async function goOnWithOpened(): Promise<boolean> {
  const { opened } = studiesStore.getState();
  if (!opened || !isFree()) return false;
  const { id, name, config } = opened.report;
  return begin({
    ...{ id, name, config, resume: true },
    ...{ report: opened.report, finished: finishedIn(opened.report) },
  });
}

/** Goes on with a study that an earlier session left half-way. */
export async function resumeInterruptedStudy(): Promise<boolean> {
  const { interrupted, opened } = studiesStore.getState();
  if (!interrupted || !isFree()) return false;
  const { id, name, config } = interrupted;
  const report = opened?.report.id === id ? opened.report : null;
  studiesStore.setState({ interrupted: null, openedId: id, ...(report ? {} : { opened: null }) });
  const { finished } = interrupted;
  const ended = await begin({ id, name, config, report, finished, resume: true });
  const study = studyStore.getState();
  // It still waits, for this tab too once the other one is closed.
  if (study.status === 'failed' && study.error.code === 'open-elsewhere')
    studiesStore.setState({ interrupted });
  return ended;
}

export async function discardInterruptedStudy(): Promise<void> {
  const { interrupted } = studiesStore.getState();
  if (!interrupted) return;
  const { id } = interrupted;
  studiesStore.setState({ interrupted: null });
  const deleted = await attempt('interrupted', 'Deleting', async () => {
    await engine.call('study.delete', { id, runs: true });
    return true;
  });
  if (deleted) {
    studiesStore.setState(({ openedId, opened }) =>
      openedId === id ? { openedId: null, opened: null } : { openedId, opened },
    );
    await sweepData();
  }
  await Promise.all([listStudies(), listRuns()]);
}

/** The only way in: nothing is sent that nobody agreed to, whichever button began it. */
async function begin(start: Start): Promise<boolean> {
  const { id, name, config, report, finished } = start;
  if (studiesStore.getState().interrupted?.id === id) studiesStore.setState({ interrupted: null });
  dispatchStudy({ type: 'start', id, name, config, report });
  const toCome = config.arms.filter(({ key }) => !finished.includes(key));
  const asks = withoutConsent(toCome, config, consentsStore.getState());
  if (!asks) return follow(start, 0);
  await fail(notAgreed(asks));
  return false;
}

async function follow(start: Start, recoveries: number): Promise<boolean> {
  const { id, name, config, resume } = start;
  try {
    const report = await engine.call(
      'study.start',
      { id, name, config, resume, guessed: {}, secrets: secretsFor(config.arms, consentsStore.getState()) },
      { onEvent: (event) => receive(id, event) },
    );
    dispatchStudy({ type: 'done', report });
    await Promise.all([openStudy(id), listStudies(), listRuns()]);
    return true;
  } catch (thrown) {
    const error = toErrorData(thrown);
    const steering = isLoss(error) && recoveries < MAX_RECOVERIES ? recover(error) : null;
    if (steering) {
      const end = follow({ ...start, resume: true }, recoveries + 1);
      // The fresh worker has the study by now; it is told what had been asked of the one before.
      if (steering.ending) void control(id, 'end');
      else if (steering.pausedAt !== null) void control(id, 'pause');
      return end;
    }
    await fail(error);
    return false;
  }
}

async function fail(error: ErrorData): Promise<void> {
  // Ended before its first arm began: there is nothing of it to show.
  dispatchStudy(error.code === 'cancelled' ? { type: 'clear' } : { type: 'failed', error });
  // In another tab the study goes on; only whoever came with it knows more.
  if (error.code !== 'open-elsewhere') await findInterruptedStudy();
  await Promise.all([listStudies(), listRuns()]);
}

function notAgreed(choice: ArmChoice): ErrorData {
  return new EngineError({
    code: 'not-agreed',
    message: `Nobody has agreed to where “${armName(choice)}” sends rows, or to so many of them.`,
    hint: 'Read what would be sent and agree to it, or leave this way out.',
    details: { arm: choice.key },
  }).toData();
}

/** Puts the study back to its finished arms. Null when none is under way. */
function recover(error: ErrorData): StudySteering | null {
  const study = studyStore.getState();
  if (!isStudyUnderWay(study)) return null;
  endWorker(error);
  const { id, name, config, progress, pausedAt, ending } = study;
  const steering = { pausedAt, ending, skipping: null };
  dispatchStudy({ type: 'start', id, name, config, report: progress.report, steering });
  return steering;
}

function receive(id: string, event: StudyEvent): void {
  dispatchStudy({ type: 'event', id, event, at: now() });
  if (event.type === 'report') void loadStudyRows(event.report);
}

export async function pauseStudy(): Promise<void> {
  dispatchStudy({ type: 'paused', at: now() });
  await controlStudy('pause');
}

export async function resumeStudy(): Promise<void> {
  dispatchStudy({ type: 'resumed', at: now() });
  await controlStudy('resume');
}

/** Ends the arm or the curve point under way; the next one begins. */
export async function skipArm(): Promise<void> {
  dispatchStudy({ type: 'skipping' });
  await controlStudy('skip');
}

/** Keeps what is finished and goes to the advice. */
export async function endStudy(): Promise<void> {
  dispatchStudy({ type: 'ending' });
  await controlStudy('end');
}

async function controlStudy(action: 'pause' | 'resume' | 'skip' | 'end'): Promise<void> {
  const study = studyStore.getState();
  if (isStudyUnderWay(study)) await control(study.id, action);
}

/** A control fails only with its worker; the study's own call then fails, too, and `follow` says what comes of it. */
async function control(id: string, action: 'pause' | 'resume' | 'skip' | 'end'): Promise<void> {
  try {
    await engine.call('study.control', { id, action });
  } catch {
    // See above.
  }
}

/** Puts a study that has ended aside. */
export function clearStudy(): void {
  if (!isStudyUnderWay(studyStore.getState())) dispatchStudy({ type: 'clear' });
}

/** Sortable by time and unique enough for one browser: study-20260413-142501-k3f9. */
function newStudyId(): string {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `study-${stamp}-${crypto.randomUUID().slice(0, 4)}`;
}
