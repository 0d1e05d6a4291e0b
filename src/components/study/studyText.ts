/** What a study found, in words and cells. Pure. */

import { armNames } from '../../engine/arms/specs';
import { SIGNIFICANT } from '../../engine/core/report';
import { type ArmReport, apart, ranked, type StudyReport, type Versus } from '../../engine/core/study';
import { aboutRows, count, figure, percent, plural, points, pValue } from '../common/format';

/** Beyond this nobody will label test rows to settle the question. */
const MOST_ROWS = 100_000;

export type Names = Readonly<Record<string, string>>;

/** The name of every way by its key. */
export function namesOf({ config }: Pick<StudyReport, 'config'>): Names {
  return armNames(config.arms);
}

/** 'A', 'A and B', 'A, B and C'. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

export const hasAnswers = ({ status }: Pick<ArmReport, 'status'>): boolean => status === 'finished';

/** Keys of the ways that answered and that the test rows do not tell from this one. */
export function tiedWith(arm: ArmReport, arms: readonly ArmReport[]): string[] {
  return arms
    .filter((other) => other.id !== arm.id && hasAnswers(other) && !apart(arm, other))
    .map(({ id }) => id);
}

/** The title of the table: who is ahead, and whether that can be told. */
export function finding({ arms, config }: Pick<StudyReport, 'arms' | 'config'>): string {
  const names = namesOf({ config });
  const [best, ...others] = ranked(arms);
  if (!best) return 'No way has answered yet';
  const right = `${names[best.id]} is right on ${percent(best.accuracy)} of ${plural(best.n, 'test row')}`;
  if (others.length === 0) return right;
  const ties = tiedWith(best, others).map((id) => names[id] ?? id);
  if (ties.length === 0) return `${right}, more than every other way, and told apart from each taken alone`;
  const told = ties.length > 3 ? `${plural(ties.length, 'other way')}` : listed(ties);
  return `${right}, the most; ${told} cannot be told from it on so many rows`;
}

/** Why an arm and the reference count as equal; null when they are told apart. */
export function tieSentence({ versus }: Pick<ArmReport, 'versus'>, names: Names): string | null {
  if (!versus || versus.p_holm < SIGNIFICANT) return null;
  const other = names[versus.id] ?? versus.id;
  const on = plural(versus.n, 'row');
  if (versus.p < SIGNIFICANT)
    return `not distinguishable from ${other} on ${on} among so many comparisons; alone it would be (${pValue(versus.p)})`;
  if (versus.rows_needed === null) return `right as often as ${other} on ${on}`;
  const needed =
    versus.rows_needed > MOST_ROWS
      ? 'the difference is too small to matter'
      : `about ${aboutRows(versus.rows_needed)} would be needed`;
  return `not distinguishable from ${other} on ${on}; ${needed}`;
}

/** '+4.1 to +20.8, p = 0.003 (Holm)' */
export function versusRange({ ci95: [low, high], p_holm }: Pick<Versus, 'ci95' | 'p_holm'>): string {
  return `${points(low).replace(' points', '')} to ${points(high).replace(' points', '')}, ${pValue(p_holm)} (Holm)`;
}

/** An amount of money without its currency: three figures, no powers of ten. */
export function money(amount: number): string {
  if (amount === 0) return '0';
  if (amount < 1e-3) return amount.toFixed(7).replace(/0+$/, '').replace(/\.$/, '') || '0';
  return figure(amount);
}

/** Seconds of training as a cell: '41.2 s', '3 min 20 s'. */
export function trainTime(seconds: number): string {
  if (seconds === 0) return 'none';
  if (seconds < 60) return `${figure(seconds)} s`;
  const whole = Math.round(seconds);
  return `${count(Math.floor(whole / 60))} min ${whole % 60} s`;
}
