/** The finished arms of a study, sorted by what they ask for, and what can be said of two of them. */

import type { ArmSpec } from '../arms/spec';
import { armSpec, sendsOutside } from '../arms/specs';
import { aboutRows, percent, plural, points, pValue } from '../core/format';
import { pairedInterval, rowsNeeded } from '../core/paired';
import { type ArmReport, apart, pairOf, ranked, type StudyReport } from '../core/study';
import type { Interval } from './significance';

export type Findings = Omit<StudyReport, 'advice'>;
export type SpecOf = (arm: string) => Pick<ArmSpec, 'kind' | 'reach' | 'trains' | 'learns'>;

/** A way that is surely less than this behind another serves as well. */
export const ALIKE = 0.05;
/** Below this many test rows, neither to have been found equal nor not to have beaten the floor says anything. */
export const ENOUGH_ROWS = 30;

export interface Candidates {
  /** Every finished arm that the situation allows, best first. */
  all: readonly ArmReport[];
  majority: ArmReport | null;
  prompts: readonly ArmReport[];
  /** Without tuning the model: prompts, word counts and the head on frozen features. */
  cheap: readonly ArmReport[];
  /** Tuned on the rows, prompted besides or not. */
  tuned: readonly ArmReport[];
  /** Fitted to the training rows: word counts, the head and what is tuned. */
  learned: readonly ArmReport[];
  /** Finished, but by rows sent past the private network while they have to stay inside. */
  ruledOut: readonly ArmReport[];
  kindOf(arm: ArmReport): ArmSpec['kind'];
}

export function candidatesOf(report: Findings, specOf: SpecOf = armSpec): Candidates {
  const finished = ranked(report.arms);
  const outside = (arm: ArmReport): boolean =>
    report.config.situation?.stayInside === true && sendsOutside(specOf(arm.arm), arm.settings);
  const all = finished.filter((arm) => !outside(arm));
  const kindOf = (arm: ArmReport): ArmSpec['kind'] => specOf(arm.arm).kind;
  const isHead = (arm: ArmReport): boolean => specOf(arm.arm).trains?.method === 'head';
  const isTuned = (arm: ArmReport): boolean => kindOf(arm).startsWith('tune') && !isHead(arm);
  return {
    all,
    majority: finished.find(({ arm }) => arm === 'majority') ?? null,
    prompts: all.filter((arm) => kindOf(arm) === 'prompt'),
    cheap: all.filter((arm) => arm.arm !== 'majority' && !isTuned(arm)),
    tuned: all.filter(isTuned),
    ruledOut: finished.filter(outside),
    kindOf,
    learned: all.filter((arm) => kindOf(arm) !== 'prompt' && specOf(arm.arm).learns),
  };
}

/** '91.2 % of 120 test rows (95 %: 84.7 % to 95.1 %)' */
export function scoreOf({ accuracy, n, ci95 }: ArmReport): string {
  return `${percent(accuracy)} of ${n} test rows (95 %: ${percent(ci95.accuracy[0])} to ${percent(ci95.accuracy[1])})`;
}

/** The difference of `a` less `b` on the rows that both were asked, with its 95 % interval; null where it is not known. */
export function leadOf(a: ArmReport, b: ArmReport): { n: number; delta: number; ci95: Interval } | null {
  const pair = pairOf(a, b);
  if (!pair || pair.n === 0) return null;
  const { n, ahead, behind } = pair;
  return { n, delta: (ahead - behind) / n, ci95: pairedInterval(ahead, behind, n) };
}

/**
 * Whether `a` is as good as `b` for use: enough rows, and the 95 % interval of how far it is behind ends before ALIKE.
 * Not being told apart is not enough.
 */
export function asGoodAs(a: ArmReport, b: ArmReport): boolean {
  const lead = leadOf(a, b);
  return lead !== null && lead.n >= ENOUGH_ROWS && lead.ci95[0] > -ALIKE;
}

/** The difference of `a` less `b` in words, with what the rows can tell of it. */
export function differenceOf(a: ArmReport, b: ArmReport): string {
  const lead = leadOf(a, b);
  const versus = a.versus?.id === b.id ? a.versus : b.versus?.id === a.id ? b.versus : null;
  const rows = plural(lead?.n ?? Math.min(a.n, b.n), 'row');
  const said = lead
    ? `${points(lead.delta)} (95 %: ${points(lead.ci95[0])} to ${points(lead.ci95[1])}), `
    : `${points(a.accuracy - b.accuracy)}, `;
  const p = versus ? `${pValue(versus.p_holm)} (McNemar, Holm), ` : '';
  const told = apart(a, b) ? `told apart on ${rows}` : `not distinguishable on ${rows}`;
  const pair = pairOf(a, b);
  const needed = pair && !apart(a, b) ? rowsNeeded(pair.ahead, pair.behind, pair.n) : null;
  return `${said}${p}${told}${needed === null ? '' : `, about ${aboutRows(needed)} would be needed`}`;
}
