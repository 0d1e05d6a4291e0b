/** What a screen reader is told while a run goes on: each new phase and each check, never each step. Pure. */
import type { RunState } from '../../state/runReducer';
import { count, figure, percent } from '../common/format';
import { leadFinding } from '../compare/sentences';
import { phaseLabel } from './phases';

export function announcement(run: RunState): string {
  switch (run.status) {
    case 'idle':
      return '';
    case 'starting':
      return 'The run is starting.';
    case 'done':
      return `Finished. ${leadFinding(run.report).text}`;
    case 'failed':
      return `The run stopped. ${run.error.message}`;
    case 'running': {
      const { phase, evaluations } = run.telemetry;
      if (run.paused) return 'Paused.';
      const last = evaluations.at(-1);
      if (phase.phase !== 'training' || !last) return `${phaseLabel(phase.phase)}.`;
      const best = last.best ? ' Best so far.' : '';
      return `Step ${count(last.step)}: right on ${percent(last.metrics.accuracy)} of the validation rows, loss ${figure(last.validation_loss)}.${best}`;
    }
    default:
      return run satisfies never;
  }
}

/** The browser tab's title while a run goes on; null leaves it as it is. */
export function tabTitle(run: RunState, share: number | null): string | null {
  switch (run.status) {
    case 'idle':
      return null;
    case 'starting':
      return 'Starting · Hone';
    case 'running': {
      const { phase } = run.telemetry.phase;
      if (run.paused) return 'Paused · Hone';
      if (phase !== 'training' || share === null) return `${phaseLabel(phase)} · Hone`;
      return `${Math.floor(share * 100)} % trained · Hone`;
    }
    case 'done':
      return `Finished: ${percent(run.report.after.accuracy)} right · Hone`;
    case 'failed':
      return 'Stopped · Hone';
    default:
      return run satisfies never;
  }
}
