/** What the chart shows, as a sentence for its title, and the shaded stretches with theirs. Pure. */
import type { Change, Verdict, VerdictCode } from '../../engine/core/report';
import type { PinnedRow, Telemetry, VerdictAt } from '../../state/runReducer';
import type { Zone } from '../charts/CurveChart';
import { count, figure, percent } from '../common/format';

export type ChartView = 'loss' | 'accuracy' | 'rate';

/** The chart's title: its finding in one sentence, with the numbers. */
export function chartFinding(view: ChartView, telemetry: Telemetry): string {
  switch (view) {
    case 'loss':
      return lossFinding(telemetry);
    case 'accuracy':
      return accuracyFinding(telemetry);
    case 'rate':
      return rateFinding(telemetry);
    default:
      return view satisfies never;
  }
}

function lossFinding({ evaluations, latest, verdicts, bestStep, plan }: Telemetry): string {
  const first = evaluations[0];
  const last = evaluations.at(-1);
  const best = evaluations.find((point) => point.step === bestStep);
  if (!latest) return 'The curve starts with the first step';
  if (!first || !last || !best) {
    return plan
      ? `Nothing to say before the first check, at step ${count(nextCheck(latest.step, plan.evaluateEvery))}`
      : 'Nothing to say before the first check';
  }
  const kept = `the best point is step ${count(best.step)}`;
  const verdict = verdicts.at(-1);
  switch (verdict?.code) {
    case 'memorising':
      return `It memorises from step ${count(verdict.since)} on; ${kept}, and that one is kept`;
    case 'over-confident':
      return `It grows too sure of itself from step ${count(verdict.since)} on; ${kept}`;
    case 'diverged':
      return `Training came apart at step ${count(verdict.since)}`;
    case 'no-signal':
      return 'It has found nothing to go on yet';
    case 'under-fitting':
      return 'It still gets many rows wrong that it has seen';
    default:
      break;
  }
  if (evaluations.length === 1) {
    return `First check: a loss of ${figure(first.validation_loss)} on rows it has not seen`;
  }
  if (best.step === first.step) return `No better on unseen rows since step ${count(first.step)}`;
  return `Loss on unseen rows fell from ${figure(first.validation_loss)} to ${figure(best.validation_loss)}; ${kept}`;
}

function accuracyFinding({ evaluations, bestStep }: Telemetry): string {
  const first = evaluations[0];
  const best = evaluations.find((point) => point.step === bestStep);
  if (!first || !best) return 'Accuracy comes with the first check';
  const [low, high] = best.accuracyCi95;
  const now = `Right on ${percent(best.metrics.accuracy)} of ${count(best.n)} validation rows (95 % sure: ${percent(low)} to ${percent(high)})`;
  return best.step === first.step ? now : `${now}, ${percent(first.metrics.accuracy)} at the first check`;
}

function rateFinding({ latest, learningRate }: Telemetry): string {
  if (!latest) return 'The step size grows first, then shrinks';
  const peak = Math.max(...learningRate.buckets.map((bucket) => bucket.max));
  return `Step size now ${figure(latest.learningRate)}, at most ${figure(peak)}`;
}

function nextCheck(step: number, every: number): number {
  return every > 0 ? (Math.floor(step / every) + 1) * every : step + 1;
}

/** Short enough to stand on the chart; the verdict's own message, with the numbers, stands beside it. */
const SHADED: Partial<Readonly<Record<VerdictCode, string>>> = {
  memorising: 'From here on it memorises: better on rows it has seen, worse on others.',
  'over-confident': 'From here on it grows too sure of itself: as often right, more certain when wrong.',
  diverged: 'Here training broke down.',
};

/** The stretches in which something went wrong, oldest first; the last one reaches to where training is. */
export function troubleZones(verdicts: readonly VerdictAt[], lastStep: number): Zone[] {
  return verdicts.flatMap((verdict, i) => {
    const sentence = SHADED[verdict.code];
    if (sentence === undefined) return [];
    const to = Math.max(verdicts[i + 1]?.since ?? lastStep, verdict.since);
    return [{ from: verdict.since, to, sentence }];
  });
}

export interface VerdictWords {
  term: string;
  definition: string;
  tone: 'good' | 'warning' | 'bad' | 'open';
}

/** The exact term per verdict, its definition and its weight (reference: shared trust notes, section 2.2). */
export const VERDICT_WORDS: Readonly<Record<Verdict['code'], VerdictWords>> = {
  learning: {
    term: 'Generalising',
    definition: 'The loss falls on rows it has never seen, so what it learns holds beyond the training rows.',
    tone: 'good',
  },
  memorising: {
    term: 'Overfitting',
    definition:
      'It keeps improving on the training rows, but on the same validation rows it is now right less often than at its best (exact McNemar, p < 0.01, three checks in a row).',
    tone: 'warning',
  },
  'over-confident': {
    term: 'Over-confidence (miscalibration)',
    definition:
      'The validation loss has risen by more than a tenth above its best while accuracy holds: as often right, but more certain when wrong.',
    tone: 'warning',
  },
  'under-fitting': {
    term: 'Underfitting',
    definition: 'Even on the rows it trains on, it is hardly better than the simple way.',
    tone: 'warning',
  },
  diverged: {
    term: 'Divergence',
    definition: 'The loss became not-a-number or grew to over four times its best: the steps were too large.',
    tone: 'bad',
  },
  'no-signal': {
    term: 'No signal',
    definition: 'It is not reliably better than always answering with the most common class.',
    tone: 'warning',
  },
  'cannot-tell': {
    term: 'Low statistical power',
    definition: 'With so few validation rows, chance alone moves the figures more than memorising would.',
    tone: 'open',
  },
};

const WORST_FIRST = ['bad', 'warning', 'open', 'good'] as const;
const CHANGE_TONES: Readonly<Record<Change, VerdictWords['tone']>> = {
  better: 'good',
  worse: 'bad',
  same: 'open',
  unclear: 'open',
};

/** The tone of a finished run: that of its curves or of its test, whichever is worse. */
export function endTone(curves: VerdictWords['tone'], change: Change): VerdictWords['tone'] {
  const test = CHANGE_TONES[change];
  return WORST_FIRST.indexOf(curves) < WORST_FIRST.indexOf(test) ? curves : test;
}

/** Since when a pinned row is right; of a wrong one whether it ever was. Empty before the first check. */
export function rightSinceText({ rightSince, expected, before, history }: PinnedRow): string {
  if (rightSince === 0) return 'the start';
  if (rightSince !== null) return `step ${count(rightSince)}`;
  if (history.length === 0) return '';
  const once = before === expected || history.some(({ predicted }) => predicted === expected);
  return once ? 'no longer' : 'not yet';
}
