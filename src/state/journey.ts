/** The six steps and what each has come to, in three words. Pure. */
import { methodSpec } from '../engine/catalog';
import type { Activity } from './activity';
import type { Project } from './project';
import type { RunState } from './runReducer';
import type { OpenedRun } from './runs';

export const STEPS = [
  { id: 'data', path: '/data', label: 'Data' },
  { id: 'model', path: '/model', label: 'Model' },
  { id: 'method', path: '/method', label: 'Method' },
  { id: 'train', path: '/train', label: 'Train' },
  { id: 'compare', path: '/compare', label: 'Compare' },
  { id: 'export', path: '/export', label: 'Export' },
] as const;
export type StepId = (typeof STEPS)[number]['id'];

export interface StepState {
  mark: 'done' | 'working' | 'open' | 'attention';
  /** At most three words; empty while there is nothing to say. */
  result: string;
}

export interface JourneyInput {
  project: Project;
  run: RunState;
  opened: OpenedRun | null;
  data: Activity;
  check: Activity;
}

const OPEN: StepState = { mark: 'open', result: '' };

export function journeyOf(input: JourneyInput): Record<StepId, StepState> {
  const { project, opened } = input;
  const visited = (id: StepId): boolean => project.visited.includes(id);
  return {
    data: dataState(input),
    model: project.model && visited('model') ? { mark: 'done', result: shortName(project.model.name) } : OPEN,
    method: visited('method') ? { mark: 'done', result: methodSpec(project.methodId).label } : OPEN,
    train: trainState(input),
    compare: opened
      ? { mark: 'done', result: `${(opened.report.after.accuracy * 100).toFixed(1)} % right` }
      : OPEN,
    export: opened ? { mark: visited('export') ? 'done' : 'open', result: 'ready' } : OPEN,
  };
}

/** The rail is narrow: 'MiniLM-L6 (English)' is told from its neighbours by its first word. */
function shortName(name: string): string {
  return name.split(' ')[0] ?? name;
}

function dataState({ project, data, check }: JourneyInput): StepState {
  if (data.status === 'failed' || check.status === 'failed') {
    return { mark: 'attention', result: 'needs a look' };
  }
  if (data.status === 'busy') return { mark: 'working', result: 'reading' };
  if (!project.summary) return OPEN;
  if (!project.roles) return { mark: 'attention', result: 'choose the columns' };
  if (!project.report) return { mark: 'working', result: 'checking' };
  if (!project.report.trainable) return { mark: 'attention', result: 'cannot train yet' };
  return { mark: 'done', result: `${project.report.kept.toLocaleString('en')} rows` };
}

function trainState({ run, opened, project }: JourneyInput): StepState {
  switch (run.status) {
    case 'idle': {
      // After a reload the finished run stands open; it is this journey's while it is on this journey's data.
      const here = opened !== null && opened.report.config.data.hash === project.summary?.hash;
      return here ? { mark: 'done', result: 'finished' } : OPEN;
    }
    case 'starting':
      return { mark: 'working', result: 'starting' };
    case 'running': {
      const { latest, plan } = run.telemetry;
      if (run.paused) return { mark: 'attention', result: 'paused' };
      if (!latest || !plan) return { mark: 'working', result: run.telemetry.phase.phase };
      return { mark: 'working', result: `step ${latest.step} of ${plan.totalSteps}` };
    }
    case 'done':
      return { mark: 'done', result: 'finished' };
    case 'failed':
      return { mark: 'attention', result: 'stopped' };
    default:
      return run satisfies never;
  }
}

/** Why training cannot start, for the user; null when it can. */
export function trainBlockedBy({ project, check }: Pick<JourneyInput, 'project' | 'check'>): string | null {
  if (!project.summary) return 'First open some data.';
  if (!project.roles) return 'Choose which column holds the text and which the label.';
  if (check.status === 'busy') return 'The rows are still being checked.';
  if (!project.report) return 'The rows have not been checked yet.';
  if (!project.report.trainable) {
    const first = project.report.findings.find((finding) => finding.severity === 'error');
    return first ? `Cannot train yet: ${first.title}` : 'The data cannot be trained on yet.';
  }
  return null;
}
