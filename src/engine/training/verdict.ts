/**
 * What the curves of a run say, in plain words. Each rule looks at the evaluations so far and answers for the
 * last one; the first rule that speaks is the verdict. Rules and thresholds: trust.md 2.2, with the simulation
 * that chose them repeated in verdict.test.ts (false alarms at most 5 %, power at least 0.9 from 200 rows).
 */
import { mcnemarWorse, rowsToTellApart } from '../core/paired';
import type { Verdict } from '../core/report';

/** One check on the validation rows. */
export interface Evaluation {
  step: number;
  /** Mean since the previous check. */
  trainLoss: number;
  validationLoss: number;
  /** Share of right answers on training rows, when measured. */
  trainAccuracy?: number;
  /** 1 where the answer on that validation row is right; same rows and order at every check. */
  correct: Uint8Array;
  /** True when this check became the kept (best) checkpoint. */
  best: boolean;
}

export interface RunSoFar {
  evaluations: readonly Evaluation[];
  totalSteps: number;
  classes: number;
  /** Share of the validation rows in their most common class: what always answering it would score. */
  majorityShare: number;
  /** No step will follow. */
  finished: boolean;
}

type Rule = (run: RunSoFar) => Verdict | null;

/** Chance of a false 'worse than the best' on one check. */
const WORSE_P = 0.01;
/** Its one-sided normal quantile, for the number of rows that would be needed. */
const WORSE_Z = 2.3263478740408408;
const WORSE_DROP = 0.01;
const WORSE_CHECKS = 3;
const OVERCONFIDENT_RATIO = 1.1;
/** Nats; a rise from 0.010 to 0.012 is more than 10 % and means nothing. */
const OVERCONFIDENT_RISE = 0.01;
const OVERCONFIDENT_CHECKS = 2;
/** As fastai's learning-rate finder stops. */
const DIVERGED_RATIO = 4;
/** Share of ln K below which a fluctuating training loss is no divergence: 0.001 to 0.005 is none. */
const DIVERGED_FLOOR = 0.1;
/** Below this the test for memorising has little power (0.18 to 0.31 at 50 rows for a 13-point decay). */
const FEW_ROWS = 100;

const RULES: readonly Rule[] = [
  diverged,
  memorising,
  noSignal,
  overConfident,
  underFitting,
  cannotTell,
  learning,
];

/** The verdict after the last evaluation. Pure: the same history gives the same verdict. */
export function verdictOf(run: RunSoFar): Verdict {
  for (const rule of RULES) {
    const verdict = rule(run);
    if (verdict !== null) return verdict;
  }
  return { code: 'learning', since: 0, message: 'Nothing was checked on validation rows yet.', advice: '' };
}

function diverged({ evaluations, classes }: RunSoFar): Verdict | null {
  const floor = DIVERGED_FLOOR * Math.log(Math.max(2, classes));
  const start = startOfStreak(evaluations, (index) => {
    const { trainLoss, validationLoss } = at(evaluations, index);
    if (!Number.isFinite(trainLoss) || !Number.isFinite(validationLoss)) return true;
    return trainLoss > DIVERGED_RATIO * Math.max(floor, lowest(evaluations, index, 'trainLoss'));
  });
  if (start === null) return null;
  const now = at(evaluations, evaluations.length - 1);
  const finite = Number.isFinite(now.trainLoss) && Number.isFinite(now.validationLoss);
  const what = finite
    ? `the loss on training rows is ${figure(now.trainLoss)}, more than four times its best (${figure(lowest(evaluations, evaluations.length - 1, 'trainLoss'))})`
    : 'the loss is no longer a number';
  return {
    code: 'diverged',
    since: at(evaluations, start).step,
    message: `Training has broken down: ${what}. ${keptSentence(evaluations)}`,
    advice: 'Stop, then start again with a step size (learning rate) three to ten times smaller.',
  };
}

function memorising({ evaluations }: RunSoFar): Verdict | null {
  const start = startOfStreak(evaluations, (index) => {
    const { drop, p, trainLossFell } = againstBest(evaluations, index);
    return trainLossFell && drop >= WORSE_DROP && p < WORSE_P;
  });
  if (start === null || evaluations.length - start < WORSE_CHECKS) return null;
  const { best, now } = againstBest(evaluations, evaluations.length - 1);
  return {
    code: 'memorising',
    since: at(evaluations, start).step,
    message:
      'It has started to memorise: it gets better on rows it has seen and worse on others ' +
      `(right on ${percent(accuracyOf(best))} of ${rowsOf(best)} validation rows at its best, ${percent(accuracyOf(now))} now). ` +
      keptSentence(evaluations),
    advice:
      'Stop and keep the best. Next time: fewer passes, more rows, a smaller step size, or a method that trains fewer weights.',
  };
}

function noSignal(run: RunSoFar): Verdict | null {
  const { evaluations, majorityShare, finished } = run;
  const kept = keptAt(evaluations, evaluations.length - 1);
  if (!finished || kept === null) return null;
  const accuracy = accuracyOf(kept);
  const rows = rowsOf(kept);
  if (accuracy >= aboveMajority(run)) return null;
  const compared = `It is right on ${percent(accuracy)} of ${rows} validation rows; always giving the most common label would be right on ${percent(majorityShare)}.`;
  const lead = accuracy - majorityShare;
  const since = at(evaluations, 0).step;
  if (lead > 0 && rows < FEW_ROWS) {
    const needed = Math.ceil((4 * majorityShare * (1 - majorityShare)) / (lead * lead));
    return {
      code: 'cannot-tell',
      since,
      message: `${compared} With ${rows} rows that can be chance; about ${thousands(needed)} would be needed to tell.`,
      advice: 'Add rows, or set aside a larger share of them for validation.',
    };
  }
  return {
    code: 'no-signal',
    since,
    message: `It found nothing to go by. ${compared}`,
    advice:
      'Check that the label column follows from the text and that the labels are right; then try more passes or a larger step size.',
  };
}

function overConfident({ evaluations }: RunSoFar): Verdict | null {
  const start = startOfStreak(evaluations, (index) => {
    const best = lowest(evaluations, index, 'validationLoss');
    const { validationLoss } = at(evaluations, index);
    return validationLoss > OVERCONFIDENT_RATIO * best && validationLoss - best > OVERCONFIDENT_RISE;
  });
  if (start === null || evaluations.length - start < OVERCONFIDENT_CHECKS) return null;
  const last = evaluations.length - 1;
  const best = lowest(evaluations, last, 'validationLoss');
  const now = at(evaluations, last);
  return {
    code: 'over-confident',
    since: at(evaluations, start).step,
    message:
      `It grows over-confident: the loss on validation rows rose from ${figure(best)} to ${figure(now.validationLoss)}, ` +
      `while its answers are not clearly worse (right on ${percent(accuracyOf(now))} of ${rowsOf(now)}). It claims to be surer than it is. ${keptSentence(evaluations)}`,
    advice: 'Its answers can be used; its confidence cannot. Stop here, or train with fewer passes.',
  };
}

function underFitting(run: RunSoFar): Verdict | null {
  const { evaluations, totalSteps, majorityShare } = run;
  const last = evaluations.at(-1);
  if (last === undefined || evaluations.length < 3 || last.step < totalSteps / 2) return null;
  const threshold = aboveMajority(run);
  const learned = (evaluation: Evaluation): number => evaluation.trainAccuracy ?? accuracyOf(evaluation);
  const start = startOfStreak(evaluations, (index) => learned(at(evaluations, index)) < threshold);
  if (start === null) return null;
  const where = last.trainAccuracy === undefined ? 'validation rows' : 'the rows it trains on';
  return {
    code: 'under-fitting',
    since: at(evaluations, start).step,
    message: `It has hardly learned: right on ${percent(learned(last))} of ${where}, where always giving the most common label would be right on ${percent(majorityShare)}.`,
    advice: 'Try a larger step size, more passes, or a method that trains more of the model.',
  };
}

/** A drop that may be memorising or chance, with too few rows for the test to decide. */
function cannotTell({ evaluations }: RunSoFar): Verdict | null {
  const last = evaluations.at(-1);
  if (last === undefined || rowsOf(last) >= FEW_ROWS) return null;
  const start = startOfStreak(evaluations, (index) => {
    const { drop, trainLossFell } = againstBest(evaluations, index);
    return trainLossFell && drop >= WORSE_DROP;
  });
  if (start === null || evaluations.length - start < WORSE_CHECKS) return null;
  const { best, now, drop, discordant } = againstBest(evaluations, evaluations.length - 1);
  const rows = rowsOf(now);
  const needed = rowsToTellApart(discordant, drop, WORSE_Z);
  return {
    code: 'cannot-tell',
    since: at(evaluations, start).step,
    message: `With ${rows} validation rows it cannot be told whether it has started to memorise: right on ${percent(accuracyOf(best))} at its best and ${percent(accuracyOf(now))} now, which can be chance. About ${thousands(needed)} rows would be needed. ${keptSentence(evaluations)}`,
    advice: 'Add rows, or set aside a larger share of them for validation.',
  };
}

function learning({ evaluations }: RunSoFar): Verdict | null {
  const first = evaluations[0];
  const last = evaluations.at(-1);
  if (first === undefined || last === undefined) return null;
  const before = accuracyOf(first);
  const now = accuracyOf(last);
  const change = now > before && first !== last ? `, up from ${percent(before)} at the first check` : '';
  return {
    code: 'learning',
    since: first.step,
    message: `It is learning: right on ${percent(now)} of ${rowsOf(last)} validation rows${change}.`,
    advice: '',
  };
}

/** Baseline plus two standard errors: below it, chance explains the score (trust.md 2.2). */
function aboveMajority({ evaluations, majorityShare }: RunSoFar): number {
  const last = evaluations.at(-1);
  const rows = last === undefined ? 0 : rowsOf(last);
  return majorityShare + 2 * Math.sqrt((majorityShare * (1 - majorityShare)) / Math.max(1, rows));
}

interface AgainstBest {
  best: Evaluation;
  now: Evaluation;
  /** Accuracy lost since the best checkpoint; negative when gained. */
  drop: number;
  /** Share of the rows whose answer changed between right and wrong. */
  discordant: number;
  p: number;
  trainLossFell: boolean;
}

function againstBest(evaluations: readonly Evaluation[], index: number): AgainstBest {
  const now = at(evaluations, index);
  const best = keptAt(evaluations, index) ?? now;
  let broken = 0;
  let fixed = 0;
  for (let row = 0; row < now.correct.length; row++) {
    const change = (now.correct[row] ?? 0) - (best.correct[row] ?? 0);
    if (change < 0) broken += 1;
    if (change > 0) fixed += 1;
  }
  const rows = Math.max(1, rowsOf(now));
  return {
    best,
    now,
    drop: (broken - fixed) / rows,
    discordant: (broken + fixed) / rows,
    p: mcnemarWorse(broken, fixed),
    trainLossFell: now.trainLoss < best.trainLoss,
  };
}

/** The checkpoint that was the kept one at that check. */
function keptAt(evaluations: readonly Evaluation[], index: number): Evaluation | null {
  for (let i = index; i >= 0; i--) if (at(evaluations, i).best) return at(evaluations, i);
  return null;
}

function keptSentence(evaluations: readonly Evaluation[]): string {
  const kept = keptAt(evaluations, evaluations.length - 1);
  return kept === null
    ? 'No point was good enough to keep.'
    : `The best point was step ${thousands(kept.step)}; that one is kept.`;
}

/** Index at which the run of checks that satisfy `holds` and reaches the last one begins; null without one. */
function startOfStreak(evaluations: readonly Evaluation[], holds: (index: number) => boolean): number | null {
  let start: number | null = null;
  for (let index = evaluations.length - 1; index >= 0 && holds(index); index--) start = index;
  return start;
}

function lowest(
  evaluations: readonly Evaluation[],
  last: number,
  key: 'trainLoss' | 'validationLoss',
): number {
  let low = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= last; i++) {
    const value = at(evaluations, i)[key];
    if (value < low) low = value;
  }
  return low;
}

function at(evaluations: readonly Evaluation[], index: number): Evaluation {
  return evaluations[index] as Evaluation;
}

function rowsOf({ correct }: Evaluation): number {
  return correct.length;
}

function accuracyOf({ correct }: Evaluation): number {
  let right = 0;
  for (const one of correct) right += one;
  return correct.length === 0 ? 0 : right / correct.length;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function figure(loss: number): string {
  return loss.toPrecision(3);
}

function thousands(count: number): string {
  return count.toLocaleString('en-US');
}
