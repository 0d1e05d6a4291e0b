/**
 * From the numbers of a study to plain words: prompt, fine-tune, both, collect rows, or do not bother. Every sentence
 * carries the number behind it. Claims of better than the reference use Holm's correction.
 */
import { percent, plural } from '../core/format';
import { holm, mcnemar } from '../core/paired';
import { SIGNIFICANT } from '../core/report';
import { type Advice, type ArmReport, apart, pairOf } from '../core/study';
import { adviceNotes } from './adviceNotes';
import {
  ALIKE,
  asGoodAs,
  type Candidates,
  candidatesOf,
  differenceOf,
  ENOUGH_ROWS,
  type Findings,
  leadOf,
  type SpecOf,
  scoreOf,
} from './candidates';
import { curveSubject } from './curveSubject';

/** Of equally good tuned arms the smallest is named; equally good is within a point and not told apart. */
const AS_GOOD = 0.01;

export function advise(report: Findings, specOf?: SpecOf): Advice[] {
  const candidates = candidatesOf(report, specOf);
  const said = conclusions(report, candidates);
  return [...said, ...adviceNotes(report, candidates, curveSubject(said, candidates))];
}

function conclusions(report: Findings, candidates: Candidates): Advice[] {
  const early = nothingYet(report, candidates) ?? noSignal(report, candidates);
  if (early) return [early];
  const said = verdict(candidates);
  return [...said, ...collectRows(report, candidates, curveSubject(said, candidates))];
}

/** While ways are still to come, or where none has finished, no advice is final. */
function nothingYet({ arms, config }: Findings, { all }: Candidates): Advice | null {
  const because = `${arms.length} of ${plural(config.arms.length, 'way')} have run.`;
  if (config.arms.some(({ key }) => !arms.some(({ id }) => id === key))) {
    return {
      kind: 'note',
      text: 'This study is not finished yet: what to do is said once every way has had its turn.',
      because,
      at: 'data',
    };
  }
  return all.some(({ arm }) => arm !== 'majority')
    ? null
    : {
        kind: 'cannot-tell',
        text: 'Nothing to advise on: no way of answering has finished.',
        because,
        at: 'data',
      };
}

/** Whether nothing beats answering always the same, in accuracy or in macro F1. */
function noSignal(report: Findings, { all, learned, majority }: Candidates): Advice | null {
  const ways = all.filter(({ arm }) => arm !== 'majority');
  const best = ways[0] as ArmReport;
  const rows = report.data.class_counts.reduce((sum, count) => sum + count, 0);
  const floor = majority?.accuracy ?? Math.max(...report.data.class_counts) / Math.max(1, rows);
  const ps = holm(ways.map((arm) => againstFloor(arm, floor, majority)));
  if (ps.some((p) => p < SIGNIFICANT)) return null;
  /** Guessing by the classes' shares has a macro F1 of 1 / classes. */
  const guess = 1 / Math.max(1, report.data.classes.length);
  if (ways.some((arm) => surelyAbove(arm, guess))) return null;
  const said = {
    because: `The best of ${plural(ways.length, 'way')}, ${best.label}, is right on ${scoreOf(best)}; always the most common label on ${percent(floor)}.`,
    at: `arm-${best.id}`,
  };
  if (learned.length === 0) {
    return {
      kind: 'cannot-tell',
      text: 'Cannot tell whether there is anything to learn: no way that learns from the rows has finished. Word counts take seconds.',
      ...said,
    };
  }
  const most = Math.max(...learned.map(({ n }) => n));
  if (most < ENOUGH_ROWS) {
    return {
      kind: 'cannot-tell',
      text: `Cannot tell whether there is anything to learn: ${plural(most, 'test row')} are too few. Set more rows aside for the test.`,
      ...said,
    };
  }
  return {
    kind: 'no-signal',
    text: 'There is no signal: do not fine-tune. No way of answering beats giving always the same answer. Check whether two people would give the same labels, and whether the text holds what decides them.',
    ...said,
  };
}

/**
 * Exact McNemar against the floor. Without the floor's own answers the largest p that the two accuracies allow: as few
 * rows as possible that both get right.
 */
function againstFloor(arm: ArmReport, floor: number, majority: ArmReport | null): number {
  const pair = majority && pairOf(arm, majority);
  if (pair) return pair.ahead > pair.behind ? mcnemar(pair.ahead, pair.behind) : 1;
  if (arm.accuracy <= floor) return 1;
  const hits = Math.round(arm.accuracy * arm.n);
  const floorHits = Math.round(floor * arm.n);
  const both = Math.max(0, hits + floorHits - arm.n);
  return mcnemar(hits - both, floorHits - both);
}

/** Beyond one and a half times the interval's reach, because the best of many is looked at. */
function surelyAbove({ macro_f1, ci95 }: ArmReport, guess: number): boolean {
  return macro_f1 - 1.5 * (macro_f1 - ci95.macro_f1[0]) > guess;
}

function verdict(candidates: Candidates): Advice[] {
  const { cheap, tuned, prompts, kindOf } = candidates;
  const best = tuned[0];
  if (!best) return [withoutTuned(candidates)];
  const asGood = cheap.filter((arm) => serves(arm, best));
  if (asGood.length > 0) {
    const simplest = asGood.find((arm) => kindOf(arm) === 'prompt') ?? (asGood[0] as ArmReport);
    const others = asGood.filter((arm) => arm !== simplest).map(({ label }) => `“${label}”`);
    const excessive: Advice = {
      kind: 'excessive',
      text: `Fine-tuning is excessive here: “${simplest.label}” does as well as the best tuned model (“${best.label}”), to within ${ALIKE * 100} points.${others.length > 0 ? ` So ${others.length === 1 ? 'does' : 'do'} ${others.join(', ')}.` : ''}`,
      because: `${scoreOf(simplest)} against ${percent(best.accuracy)}: ${differenceOf(simplest, best)}.`,
      at: `arm-${simplest.id}`,
    };
    return kindOf(simplest) === 'prompt' ? [excessive, promptAdvice(simplest)] : [excessive];
  }
  const rival = cheap.find((arm) => !apart(arm, best));
  if (rival) {
    return [
      {
        kind: 'cannot-tell',
        text: `Cannot tell whether fine-tuning pays: “${best.label}” and “${rival.label}” are not distinguishable on ${Math.min(best.n, rival.n)} test rows. More test rows would settle it.`,
        because: `${scoreOf(best)} against ${percent(rival.accuracy)}: ${differenceOf(best, rival)}.`,
        at: `arm-${best.id}`,
      },
    ];
  }
  return [tuneAdvice(best, prompts[0] ?? cheap[0] ?? null, candidates)];
}

/** Told to be better, or surely less than ALIKE behind without being told apart. */
function serves(arm: ArmReport, best: ArmReport): boolean {
  return apart(arm, best) ? (leadOf(arm, best)?.delta ?? 0) > 0 : asGoodAs(arm, best);
}

function withoutTuned({ cheap, kindOf }: Candidates): Advice {
  const [best] = cheap;
  if (best && kindOf(best) === 'prompt') return promptAdvice(best);
  return {
    kind: 'cannot-tell',
    text: 'Whether fine-tuning would pay was not measured: no way that tunes more than a classifier on top has finished.',
    because: best
      ? `The best so far is “${best.label}”: ${scoreOf(best)}.`
      : 'Only the most common label was tried.',
    at: best ? `arm-${best.id}` : 'data',
  };
}

function promptAdvice(arm: ArmReport): Advice {
  return {
    kind: 'prompt',
    text: `Prompt: “${arm.label}” needs no training, and a label changes by rewriting its words.`,
    because: `Right on ${scoreOf(arm)}, with ${arm.trainable_parameters} parameters trained.`,
    at: `arm-${arm.id}`,
  };
}

function tuneAdvice(best: ArmReport, rival: ArmReport | null, candidates: Candidates): Advice {
  const { cheap, kindOf, tuned } = candidates;
  const pure = tuned.find((arm) => kindOf(arm) === 'tune');
  const because = (arm: ArmReport): string =>
    `${scoreOf(arm)}${rival ? ` against ${percent(rival.accuracy)} of “${rival.label}”: ${differenceOf(arm, rival)}` : ''}.`;
  if (kindOf(best) === 'tune-and-prompt' && pure && apart(best, pure)) {
    return {
      kind: 'both',
      text: `Do both: “${best.label}” beats tuning alone (“${pure.label}”, ${percent(pure.accuracy)}) and everything without tuning.`,
      because: because(best),
      at: `arm-${best.id}`,
    };
  }
  const alsoBetter = (arm: ArmReport): boolean =>
    best.accuracy - arm.accuracy <= AS_GOOD && !apart(arm, best) && cheap.every((other) => apart(arm, other));
  const chosen = tuned
    .filter((arm) => arm === best || alsoBetter(arm))
    .reduce((least, arm) => (arm.bytes < least.bytes ? arm : least));
  return {
    kind: 'fine-tune',
    text: `Fine-tune: “${chosen.label}” is better than every way without tuning.${chosen === best ? '' : ` “${best.label}” scored ${percent(best.accuracy)}, which is not distinguishable from it on ${best.n} rows.`}`,
    because: because(chosen),
    at: `arm-${chosen.id}`,
  };
}

/** Fewer than this of a class and nothing learns it reliably. */
const FEW_OF_A_CLASS = 8;

function collectRows(report: Findings, { all }: Candidates, subject: string | null): Advice[] {
  const { classes, train_counts } = report.data;
  const more = report.more_data.find(({ arm, verdict }) => arm === subject && verdict === 'yes');
  const few = classes.filter((_, i) => (train_counts[i] ?? 0) < FEW_OF_A_CLASS);
  const learned = (id: string): string => report.arms.find((arm) => arm.id === id)?.label ?? id;
  return [
    ...(more
      ? [
          {
            kind: 'collect-rows' as const,
            text: `Collect more rows: with “${learned(more.arm)}” more training rows still help.`,
            because: more.message,
            at: 'curve',
          },
        ]
      : []),
    ...(few.length > 0 && all.length > 0
      ? [
          {
            kind: 'collect-rows' as const,
            text: `Collect rows of ${few
              .slice(0, 5)
              .map((label) => `“${label}”`)
              .join(', ')}${few.length > 5 ? ` and ${few.length - 5} more labels` : ''}.`,
            because: `Fewer than ${FEW_OF_A_CLASS} training rows of each; the rarest has ${Math.min(...train_counts)}.`,
            at: 'data',
          },
        ]
      : []),
  ];
}
