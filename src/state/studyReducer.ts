/** A study as the page sees it: a state machine over the events that the engine sends. Pure: times come with actions. */
import type { ErrorData } from '../engine/core/errors';
import type { StudyConfig, StudyEvent, StudyReport } from '../engine/core/study';
import { append, EMPTY_SERIES, type Series } from './series';

type EventOf<T extends StudyEvent['type']> = Extract<StudyEvent, { type: T }>;

export type ArmState = 'waiting' | 'running' | 'finished' | 'failed' | 'skipped';

/** The arm under way. */
export interface CurrentArm {
  key: string;
  detail: string;
  done: number;
  /** 0 = unknown. */
  total: number;
  /** Seconds of the page's clock, shifted by what was spent paused. */
  startedAt: number;
  loss: Series;
  checks: readonly { step: number; loss: number; accuracy: number }[];
  latest: Pick<EventOf<'step'>, 'step' | 'totalSteps' | 'secondsLeft'> | null;
}

export interface StudyProgress {
  preparing: { detail: string; done: number; total: number } | null;
  current: CurrentArm | null;
  curve: { arm: string; rows: number; done: number; total: number } | null;
  /** All that is known so far. */
  report: StudyReport | null;
  /** Seconds that each arm took here, from its start to its end. */
  took: Readonly<Record<string, number>>;
}

interface StudyIdentity {
  id: string;
  name: string;
  config: StudyConfig;
}

/** What the user asked of a study under way; it outlives the worker that was asked. */
export interface StudySteering {
  /** Seconds of the page's clock at which it was held; null while it goes on. */
  pausedAt: number | null;
  /** The arm or curve point asked to end, by a name of its own; null when none was. */
  skipping: string | null;
  /** Asked to keep what is finished and go to the advice. */
  ending: boolean;
}

const UNSTEERED: StudySteering = { pausedAt: null, skipping: null, ending: false };

export type StudyState =
  | { status: 'idle' }
  | ({ status: 'running'; progress: StudyProgress } & StudySteering & StudyIdentity)
  | ({ status: 'done'; report: StudyReport } & StudyIdentity)
  | ({ status: 'failed'; progress: StudyProgress; error: ErrorData } & StudyIdentity);

export type RunningStudy = Extract<StudyState, { status: 'running' }>;

export type StudyAction =
  /** `report` is what a study that goes on knew already. */
  | ({ type: 'start'; report: StudyReport | null; steering?: StudySteering } & StudyIdentity)
  | { type: 'event'; id: string; event: StudyEvent; at: number }
  | { type: 'paused'; at: number }
  | { type: 'resumed'; at: number }
  | { type: 'skipping' }
  | { type: 'ending' }
  | { type: 'done'; report: StudyReport }
  | { type: 'failed'; error: ErrorData }
  | { type: 'clear' };

export const IDLE_STUDY: StudyState = { status: 'idle' };

export function isStudyUnderWay(state: StudyState): state is RunningStudy {
  return state.status === 'running';
}

export function studyReducer(state: StudyState, action: StudyAction): StudyState {
  if (action.type === 'start') {
    const { id, name, config, report, steering = UNSTEERED } = action;
    const progress = { preparing: null, current: null, curve: null, report, took: {} };
    return { status: 'running', id, name, config, progress, ...steering };
  }
  if (action.type === 'clear') return IDLE_STUDY;
  return isStudyUnderWay(state) ? steered(state, action) : state;
}

function steered(state: RunningStudy, action: Exclude<StudyAction, { type: 'start' | 'clear' }>): StudyState {
  const { id, name, config, progress } = state;
  switch (action.type) {
    case 'event':
      return action.id === id ? reduceEvent(state, action.event, action.at) : state;
    case 'paused':
      return { ...state, pausedAt: state.pausedAt ?? action.at };
    case 'resumed':
      return resumed(state, action.at);
    case 'skipping':
      return { ...resumedNow(state), skipping: underWay(progress) };
    case 'ending':
      return { ...resumedNow(state), ending: true };
    case 'done':
      return { status: 'done', id, name, config, report: action.report };
    case 'failed':
      return { status: 'failed', id, name, config, progress, error: action.error };
    default:
      return action satisfies never;
  }
}

/** Time spent paused is not time that the arm took. */
function resumed(state: RunningStudy, at: number): RunningStudy {
  const { current } = state.progress;
  if (state.pausedAt === null || !current) return resumedNow(state);
  const startedAt = current.startedAt + (at - state.pausedAt);
  return { ...state, pausedAt: null, progress: { ...state.progress, current: { ...current, startedAt } } };
}

/** Skipping and ending let go of a study that was held, as the engine does. */
function resumedNow(state: RunningStudy): RunningStudy {
  return { ...state, pausedAt: null };
}

/** A name for the arm or curve point under way. */
function underWay({ current, curve }: StudyProgress): string | null {
  if (current) return current.key;
  return curve && `${curve.arm} ${curve.rows} ${curve.done}`;
}

function reduceEvent(state: RunningStudy, event: StudyEvent, at: number): RunningStudy {
  const progress = reduceProgress(state.progress, event, at);
  const skipping = state.skipping === underWay(progress) ? state.skipping : null;
  return { ...state, progress, skipping };
}

function reduceProgress(progress: StudyProgress, event: StudyEvent, at: number): StudyProgress {
  switch (event.type) {
    case 'preparing': {
      const { detail, done, total } = event;
      return { ...progress, preparing: { detail, done, total } };
    }
    case 'arm': {
      const { detail, done, total } = event;
      const current = { ...currentOf(progress, event.id, at), detail, done, total };
      return { ...progress, preparing: null, current };
    }
    case 'step': {
      const { step, totalSteps, secondsLeft } = event;
      const current = currentOf(progress, event.id, at);
      const loss = append(current.loss, step, event.loss);
      return { ...progress, current: { ...current, loss, latest: { step, totalSteps, secondsLeft } } };
    }
    case 'evaluation': {
      const current = currentOf(progress, event.id, at);
      const { step, validation_loss: loss, metrics } = event;
      // After a resume the engine tells the checks up to the checkpoint again.
      const earlier = current.checks.filter((check) => check.step < step);
      const checks = [...earlier, { step, loss, accuracy: metrics.accuracy }];
      return { ...progress, current: { ...current, checks } };
    }
    case 'curve': {
      const { arm, rows, done, total } = event;
      return { ...progress, current: null, curve: { arm, rows, done, total } };
    }
    case 'report':
      return reported(progress, event.report, at);
    default:
      return event satisfies never;
  }
}

function currentOf({ current }: StudyProgress, key: string, at: number): CurrentArm {
  if (current?.key === key) return current;
  return { key, detail: '', done: 0, total: 0, startedAt: at, loss: EMPTY_SERIES, checks: [], latest: null };
}

function reported(progress: StudyProgress, report: StudyReport, at: number): StudyProgress {
  const { current, took } = progress;
  const ended = current && report.arms.find(({ id }) => id === current.key);
  if (!ended) return { ...progress, report };
  const seconds = ended.status === 'finished' ? { [ended.id]: at - current.startedAt } : {};
  return { ...progress, current: null, report, took: { ...took, ...seconds } };
}

/** Where an arm of a study stands. */
export function armState(
  { current, report }: Pick<StudyProgress, 'current' | 'report'>,
  key: string,
): ArmState {
  if (current?.key === key) return 'running';
  return report?.arms.find(({ id }) => id === key)?.status ?? 'waiting';
}
