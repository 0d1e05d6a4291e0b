/** The run's phases as a checklist, in words and in order. Pure. */
import { PHASES, type Phase } from '../../engine/core/events';
import type { RunState } from '../../state/runReducer';

export type PhaseStatus = 'done' | 'active' | 'waiting' | 'stopped';

export interface PhaseRow {
  phase: Phase;
  label: string;
  /** What happens in it, one sentence. */
  help: string;
  status: PhaseStatus;
  /** Share done while active and known. */
  share: number | null;
  detail: string | null;
}

const WORDS: Readonly<Record<Phase, { label: string; help: string }>> = {
  loading: { label: 'Opening the model', help: 'The model is read from this computer and put in place.' },
  tokenizing: {
    label: 'Reading your texts',
    help: 'Every text is cut into the pieces (tokens) that the model knows.',
  },
  baselines: {
    label: 'Trying the simple ways',
    help: 'The untouched model and two cheap ways are measured, so that tuning has something to beat.',
  },
  'warming-up': {
    label: 'Warming up',
    help: 'The first steps prepare the machine; they are left out of the time estimate.',
  },
  training: { label: 'Training', help: 'The model learns from the training rows, step by step.' },
  testing: {
    label: 'Testing',
    help: 'The kept weights answer the test rows, which nothing has looked at before.',
  },
};

export function phaseLabel(phase: Phase): string {
  return WORDS[phase].label;
}

export function phaseRows(run: RunState): PhaseRow[] {
  if (run.status === 'idle') return [];
  const { telemetry, config } = run;
  const shown = PHASES.filter((phase) => phase !== 'baselines' || config.baselines);
  const current = PHASES.indexOf(telemetry.phase.phase);
  return shown.map((phase) => {
    const status = statusOf(run, PHASES.indexOf(phase), current);
    const { done, total, detail } = telemetry.phase;
    const live = status === 'active';
    return {
      phase,
      ...WORDS[phase],
      status,
      share: live && total > 0 ? Math.min(1, done / total) : null,
      detail: live ? detail : null,
    };
  });
}

function statusOf(run: RunState, index: number, current: number): PhaseStatus {
  if (run.status === 'done' || index < current) return 'done';
  if (index > current) return 'waiting';
  return run.status === 'failed' ? 'stopped' : 'active';
}

/** Share of the training steps done; null before the plan is known. */
export function trainingShare(run: RunState): number | null {
  if (run.status === 'idle') return null;
  if (run.status === 'done') return 1;
  const { plan, latest } = run.telemetry;
  return plan && latest && plan.totalSteps > 0 ? Math.min(1, latest.step / plan.totalSteps) : null;
}
