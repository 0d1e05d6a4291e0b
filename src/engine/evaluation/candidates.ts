/** The finished arms of a study, sorted by what they ask for, and what can be said of two of them. */

import type { ArmSpec } from '../arms/spec';
import { armSpec, sendsOutside } from '../arms/specs';
import { aboutRows, percent, points, pValue } from '../core/format';
import { holm } from '../core/paired';
import { SIGNIFICANT } from '../core/report';
import type { ArmReport, StudyReport } from '../core/study';

export type Findings = Omit<StudyReport, 'advice'>;
export type SpecOf = (arm: string) => Pick<ArmSpec, 'kind' | 'reach' | 'trains'>;

/** Less than this apart, two ways serve equally well where the rows cannot tell them apart. */
export const ALIKE = 0.03;

export interface Candidates {
  /** Every finished arm that the situation allows, best first. */
  all: readonly ArmReport[];
  majority: ArmReport | null;
  prompts: readonly ArmReport[];
  /** Without tuning the model: prompts, word counts and the head on frozen features. */
  cheap: readonly ArmReport[];
  /** Tuned on the rows, prompted besides or not. */
  tuned: readonly ArmReport[];
  /** Finished, but by rows sent past the private network while they have to stay inside. */
  ruledOut: readonly ArmReport[];
  kindOf(arm: ArmReport): ArmSpec['kind'];
  /** Holm's p of each arm against the reference, by arm key. */
  adjusted: ReadonlyMap<string, number>;
}

export function candidatesOf(report: Findings, specOf: SpecOf = armSpec): Candidates {
  const finished = report.arms
    .filter(({ status }) => status === 'finished')
    .sort((a, b) => b.accuracy - a.accuracy);
  const outside = (arm: ArmReport): boolean =>
    report.config.situation?.stayInside === true && sendsOutside(specOf(arm.arm), arm.settings);
  const all = finished.filter((arm) => !outside(arm));
  const kindOf = (arm: ArmReport): ArmSpec['kind'] => specOf(arm.arm).kind;
  const isHead = (arm: ArmReport): boolean => specOf(arm.arm).trains?.method === 'head';
  const isTuned = (arm: ArmReport): boolean => kindOf(arm).startsWith('tune') && !isHead(arm);
  const tested = report.arms.filter(({ versus }) => versus !== null);
  const ps = holm(tested.map(({ versus }) => versus?.p ?? 1));
  return {
    all,
    majority: finished.find(({ arm }) => arm === 'majority') ?? null,
    prompts: all.filter((arm) => kindOf(arm) === 'prompt'),
    cheap: all.filter((arm) => arm.arm !== 'majority' && !isTuned(arm)),
    tuned: all.filter(isTuned),
    ruledOut: finished.filter(outside),
    kindOf,
    adjusted: new Map(tested.map(({ id }, i) => [id, ps[i] as number])),
  };
}

/** '91.2 % of 120 test rows (95 %: 84.7 % to 95.1 %)' */
export function scoreOf({ accuracy, n, ci95 }: ArmReport): string {
  return `${percent(accuracy)} of ${n} test rows (95 %: ${percent(ci95.accuracy[0])} to ${percent(ci95.accuracy[1])})`;
}

/** The one of the two that was compared with the other as the reference, with the difference's sign for `a` less `b`. */
function direct(a: ArmReport, b: ArmReport) {
  if (a.versus?.id === b.id) return { key: a.id, sign: 1, ...a.versus };
  if (b.versus?.id === a.id) return { key: b.id, sign: -1, ...b.versus };
  return null;
}

/**
 * Whether the test rows tell the two apart: by Holm's p where one is the reference, for the best of many is flattered
 * by luck; else by the exact McNemar test behind `ties`.
 */
export function apart(a: ArmReport, b: ArmReport, { adjusted }: Candidates): boolean {
  const test = direct(a, b);
  return test ? (adjusted.get(test.key) ?? 1) < SIGNIFICANT : !a.ties.includes(b.id);
}

/** The difference of `a` less `b` in words, with what the rows can tell of it. */
export function differenceOf(a: ArmReport, b: ArmReport, candidates: Candidates): string {
  const test = direct(a, b);
  const said = points(a.accuracy - b.accuracy);
  if (!test) {
    const told = apart(a, b, candidates) ? 'told apart by the exact McNemar test' : 'not distinguishable';
    return `${said}, ${told} on ${a.n} rows`;
  }
  const ends = test.ci95.map((end) => points(test.sign * end));
  const [low, high] = test.sign === 1 ? ends : ends.reverse();
  const p = `${pValue(candidates.adjusted.get(test.key) ?? 1)} (McNemar, Holm)`;
  const tie = apart(a, b, candidates)
    ? ''
    : `; not distinguishable on ${a.n} rows${test.rows_needed ? `, about ${aboutRows(test.rows_needed)} would be needed` : ''}`;
  return `${said} (95 %: ${low} to ${high}), ${p}${tie}`;
}
