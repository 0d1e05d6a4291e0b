/** A run as the page sees it: a state machine over the events that the engine sends. Pure. */
import type { RunConfig } from '../engine/core/config';
import type { ErrorData } from '../engine/core/errors';
import type { Phase, RunEvent } from '../engine/core/events';
import type { RunReport, RunWarning, Verdict } from '../engine/core/report';
import { append, EMPTY_SERIES, type Series, truncate } from './series';

type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;
export type Plan = Omit<EventOf<'plan'>, 'type'>;
export type StepReading = Omit<EventOf<'step'>, 'type'>;
export type Evaluation = Omit<EventOf<'evaluation'>, 'type' | 'pinned'>;
export type VerdictAt = Verdict & { step: number };

export interface PhaseProgress {
  phase: Phase;
  done: number;
  /** 0 = unknown. */
  total: number;
  detail: string | null;
}

export interface PinnedRow {
  line: number;
  text: string;
  /** Class indices into `plan.classes`. */
  expected: number;
  before: number;
  /** One entry per evaluation. */
  history: readonly { step: number; predicted: number; confidence: number }[];
  /** The evaluation since which it has been right without a break; null while wrong; 0 = right from the start. */
  rightSince: number | null;
}

/** What was measured so far; bounded in size whatever the length of the run. */
export interface Telemetry {
  phase: PhaseProgress;
  plan: Plan | null;
  latest: StepReading | null;
  loss: Series;
  learningRate: Series;
  evaluations: readonly Evaluation[];
  bestStep: number | null;
  pinned: readonly PinnedRow[];
  /** Each change of verdict, oldest first. */
  verdicts: readonly VerdictAt[];
  warnings: readonly RunWarning[];
  checkpointStep: number | null;
}

interface RunIdentity {
  id: string;
  name: string;
  config: RunConfig;
}

/** What the user asked of a run under way; it outlives the worker that was asked. */
export interface Steering {
  paused: boolean;
  /** Asked to stop and keep the best; the test is still to come. */
  stopping: boolean;
  /** Asked to end and leave nothing. */
  cancelling: boolean;
}

const UNSTEERED: Steering = { paused: false, stopping: false, cancelling: false };

export type RunState =
  | { status: 'idle' }
  | ({ status: 'starting'; telemetry: Telemetry } & Steering & RunIdentity)
  | ({ status: 'running'; telemetry: Telemetry } & Steering & RunIdentity)
  | ({ status: 'done'; telemetry: Telemetry; report: RunReport } & RunIdentity)
  | ({ status: 'failed'; telemetry: Telemetry; error: ErrorData } & RunIdentity);

export type RunAction =
  /** `earlier` is what a resumed run had measured before the interruption, `steering` what had been asked of it. */
  | {
      type: 'start';
      id: string;
      name: string;
      config: RunConfig;
      earlier: Telemetry | null;
      steering?: Steering;
    }
  | { type: 'event'; id: string; event: RunEvent }
  | { type: 'paused'; paused: boolean }
  | { type: 'stopping' }
  | { type: 'cancelling' }
  | { type: 'clear' };

export const IDLE_RUN: RunState = { status: 'idle' };

export const EMPTY_TELEMETRY: Telemetry = {
  phase: { phase: 'loading', done: 0, total: 0, detail: null },
  plan: null,
  latest: null,
  loss: EMPTY_SERIES,
  learningRate: EMPTY_SERIES,
  evaluations: [],
  bestStep: null,
  pinned: [],
  verdicts: [],
  warnings: [],
  checkpointStep: null,
};

export function isUnderWay(state: RunState): state is Extract<RunState, { status: 'starting' | 'running' }> {
  return state.status === 'starting' || state.status === 'running';
}

export function runReducer(state: RunState, action: RunAction): RunState {
  switch (action.type) {
    case 'start': {
      const { id, name, config, earlier, steering = UNSTEERED } = action;
      return { status: 'starting', id, name, config, telemetry: earlier ?? EMPTY_TELEMETRY, ...steering };
    }
    case 'event':
      return reduceEvent(state, action.id, action.event);
    case 'paused':
      return isUnderWay(state) ? { ...state, paused: action.paused } : state;
    case 'stopping':
      return isUnderWay(state) ? { ...state, stopping: true, paused: false } : state;
    case 'cancelling':
      return isUnderWay(state) ? { ...state, cancelling: true } : state;
    case 'clear':
      return IDLE_RUN;
    default:
      return action satisfies never;
  }
}

/** Events of another run, or after the end, change nothing. */
function reduceEvent(state: RunState, id: string, event: RunEvent): RunState {
  if (!isUnderWay(state) || state.id !== id) return state;
  const { name, config, telemetry } = state;
  if (event.type === 'done') return { status: 'done', id, name, config, telemetry, report: event.report };
  if (event.type === 'failed') return { status: 'failed', id, name, config, telemetry, error: event.error };
  return { ...state, status: 'running', telemetry: reduceTelemetry(telemetry, event) };
}

function reduceTelemetry(
  telemetry: Telemetry,
  event: Exclude<RunEvent, { type: 'done' | 'failed' }>,
): Telemetry {
  switch (event.type) {
    case 'phase': {
      const { phase, done, total, detail } = event;
      return { ...telemetry, phase: { phase, done, total, detail: detail ?? null } };
    }
    case 'plan': {
      const { type: _type, ...plan } = event;
      return planned(telemetry, plan);
    }
    case 'step': {
      const { type: _type, ...latest } = event;
      return {
        ...telemetry,
        latest,
        loss: append(telemetry.loss, event.step, event.loss),
        learningRate: append(telemetry.learningRate, event.step, event.learningRate),
      };
    }
    case 'evaluation': {
      const { type: _type, pinned, ...evaluation } = event;
      return {
        ...telemetry,
        // After a resume the engine tells the checks up to the checkpoint again.
        evaluations: [...telemetry.evaluations.filter(({ step }) => step < event.step), evaluation],
        bestStep: event.best ? event.step : telemetry.bestStep,
        pinned: telemetry.pinned.map((row, i) => observed(row, event.step, pinned[i])),
      };
    }
    case 'verdict': {
      const { type: _type, ...verdict } = event;
      const same = telemetry.verdicts.at(-1)?.code === verdict.code;
      const earlier = same ? telemetry.verdicts.slice(0, -1) : telemetry.verdicts;
      return { ...telemetry, verdicts: [...earlier, verdict] };
    }
    case 'warning': {
      const { type: _type, ...warning } = event;
      return { ...telemetry, warnings: [...telemetry.warnings, warning] };
    }
    case 'checkpoint':
      return { ...telemetry, checkpointStep: event.step };
    default:
      return event satisfies never;
  }
}

/** A resumed run keeps what was measured up to its checkpoint and measures the rest again. */
function planned(telemetry: Telemetry, plan: Plan): Telemetry {
  const from = plan.resumedFromStep;
  const evaluations = telemetry.evaluations.filter((point) => point.step <= from);
  return {
    ...telemetry,
    plan,
    latest: from > 0 ? telemetry.latest : null,
    loss: truncate(telemetry.loss, from),
    learningRate: truncate(telemetry.learningRate, from),
    evaluations,
    bestStep: evaluations.findLast((point) => point.best)?.step ?? null,
    verdicts: telemetry.verdicts.filter((verdict) => verdict.step <= from),
    warnings: telemetry.warnings.filter((warning) => warning.step <= from),
    pinned: plan.pinned.map((row) => {
      const past = telemetry.pinned.find((candidate) => candidate.line === row.line)?.history ?? [];
      const history = past.filter((entry) => entry.step <= from);
      return { ...row, history, rightSince: rightSince(row.expected, row.before, history) };
    }),
  };
}

function observed(
  row: PinnedRow,
  step: number,
  reading: { predicted: number; confidence: number } | undefined,
): PinnedRow {
  if (!reading) return row;
  const history = [...row.history, { step, ...reading }];
  return { ...row, history, rightSince: rightSince(row.expected, row.before, history) };
}

function rightSince(
  expected: number,
  before: number,
  history: readonly { step: number; predicted: number }[],
): number | null {
  let since: number | null = before === expected ? 0 : null;
  for (const { step, predicted } of history) {
    if (predicted !== expected) since = null;
    else since ??= step;
  }
  return since;
}
