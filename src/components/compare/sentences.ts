/**
 * The findings of a run as sentences for people. Pure: numbers in, words out. A difference is called real only
 * below p = 0.05 of the exact McNemar test, and "as good" only when the interval leaves no room for three points.
 */
import { aboutRows } from '../../engine/core/format';
import { rowsToTellApart } from '../../engine/core/paired';
import {
  type Baseline,
  type Change,
  type Comparison,
  changeOf,
  type RunReport,
  type Scores,
  SIGNIFICANT,
} from '../../engine/core/report';
import { count, percent, plural, pValue } from '../common/format';

export interface Finding {
  text: string;
  tone: Change;
}

/** Two models whose difference surely lies within three points serve equally well. */
const ALIKE = 0.03;
/** Beyond this nobody will label test rows to settle the question. */
const MOST_ROWS = 100_000;

export function rightOf(scores: Scores): number {
  return Math.round(scores.accuracy * scores.n);
}

const rows = (n: number): string => plural(n, 'test row');

/** How many test rows would settle a difference of the size seen. Call only where one was seen. */
function needed({ fixed, broken, delta }: Comparison, n: number): string {
  const rowsNeeded = rowsToTellApart((fixed + broken) / n, delta);
  if (rowsNeeded === Number.POSITIVE_INFINITY) return '';
  return rowsNeeded > MOST_ROWS
    ? ' If there is a difference, it is too small to matter in practice.'
    : ` About ${aboutRows(rowsNeeded)} would be needed.`;
}

/** The first sentence of Compare. */
export function leadFinding({
  before,
  after,
  comparison,
}: Pick<RunReport, 'before' | 'after' | 'comparison'>): Finding {
  const now = rightOf(after);
  const then = rightOf(before);
  const { fixed, broken, mcnemar_p: p } = comparison;
  const change = changeOf(comparison);
  if (change === 'better' || change === 'worse') {
    return change === 'better'
      ? {
          tone: 'better',
          text: `After tuning it is right on ${count(now)} of ${rows(after.n)}, up from ${count(then)}. The difference is real (${pValue(p)}).`,
        }
      : {
          tone: 'worse',
          text: `After tuning it is right on ${count(now)} of ${rows(after.n)}, down from ${count(then)}. Tuning made it worse, and the difference is real (${pValue(p)}).`,
        };
  }
  if (change === 'same') {
    return {
      tone: 'same',
      text: `Tuning changed no result: it is right on ${count(now)} of ${rows(after.n)}, before as after.`,
    };
  }
  if (now === then) {
    return {
      tone: 'unclear',
      text: `Tuning fixed ${count(fixed)} and broke ${count(broken)} of ${rows(after.n)}: right on ${count(now)} before as after.`,
    };
  }
  return {
    tone: 'unclear',
    text: `With ${rows(after.n)} we cannot tell these two apart: right on ${count(now)} after tuning, ${count(then)} before.${needed(comparison, after.n)}`,
  };
}

/** The same in a subordinate clause, for a subtitle: 'worse than before tuning (95.0 %, p = 0.004)'. */
export function changeClause({ before, comparison }: Pick<RunReport, 'before' | 'comparison'>): string {
  const change = changeOf(comparison);
  const facts = `(${percent(before.accuracy)}, ${pValue(comparison.mcnemar_p)})`;
  switch (change) {
    case 'better':
      return `better than before tuning ${facts}`;
    case 'worse':
      return `worse than before tuning ${facts}`;
    case 'same':
      return 'every row answered as before tuning';
    case 'unclear':
      return `too close to tell from before tuning ${facts}`;
    default:
      return change satisfies never;
  }
}

function asGood({ ci95, fixed, broken }: Comparison): boolean {
  return ci95[1] <= ALIKE || (fixed === 0 && broken === 0);
}

/** Tuning against the classifier on the frozen model. Null when that was not measured. */
export function headFinding({
  after,
  baselines,
  method,
}: Pick<RunReport, 'after' | 'baselines' | 'method'>): Finding | null {
  if (method.id === 'head') {
    return {
      tone: 'same',
      text: 'You tuned the head alone: that is already the cheap way. Tuning more of the model may or may not add to it.',
    };
  }
  const head = baselines.find((baseline) => baseline.id === 'head');
  if (!head) return null;
  const { versus } = head;
  const [now, cheap] = [count(rightOf(after)), count(rightOf(head.scores))];
  const p = pValue(versus.mcnemar_p);
  if (versus.mcnemar_p < SIGNIFICANT) {
    return versus.delta > 0
      ? {
          tone: 'better',
          text: `Tuning was worth it: the head alone, on the frozen model, is right on ${cheap}; tuning on ${now} (${p}).`,
        }
      : {
          tone: 'worse',
          text: `Tuning was excessive here: the head alone does better, right on ${cheap} against ${now} (${p}).`,
        };
  }
  if (asGood(versus)) {
    return {
      tone: 'same',
      text: `Tuning was excessive here: the head alone does as well, right on ${cheap} against ${now}.`,
    };
  }
  return {
    tone: 'unclear',
    text: `Whether tuning beats the head alone we cannot tell: right on ${now} against ${cheap} of ${rows(after.n)} (${p}).${needed(versus, after.n)} Until then the head is the cheaper choice.`,
  };
}

/** What always giving the most common answer would reach: the floor under every figure. */
export function floorSentence(majority: Baseline, n: number): string {
  return `Always answering with the most common label would be right on ${count(rightOf(majority.scores))} of ${count(n)}.`;
}

/** Each look at the test rows with other words makes 'before' fit them better; null when there was none. */
export function rewordingCaution({ rewordings = 0 }: Pick<RunReport, 'rewordings'>): string | null {
  if (rewordings === 0) return null;
  const times = rewordings === 1 ? 'once' : `${count(rewordings)} times`;
  return `Measured again ${times} on these rows with other descriptions: the more tries, the more it flatters.`;
}
