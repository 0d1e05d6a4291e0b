/** The test rows as the Compare screen needs them: both answers, their confidence, and what tuning did to each. */
import type { Predictions } from '../../engine/core/report';
import { argmax } from '../../engine/evaluation/metrics';

/** fixed: wrong → right; broken: right → wrong; wrong: wrong twice; right: right twice. */
export type Outcome = 'fixed' | 'broken' | 'wrong' | 'right';

export interface Guess {
  /** Class index with the highest probability; the first one on a tie, as in numpy. */
  label: number;
  /** Its probability. */
  confidence: number;
}

export interface TestRow {
  /** Position in test order. */
  index: number;
  line: number;
  text: string;
  expected: number;
  before: Guess;
  after: Guess;
  outcome: Outcome;
}

export type Side = 'before' | 'after';
export type RowsTab = 'fixed' | 'broken' | 'wrong' | 'all';
export type RowOrder = 'file' | 'surest' | 'least-sure';

/** Rows of one matrix cell: this true label, answered like that by this side. */
export interface CellFilter {
  side: Side;
  expected: number;
  predicted: number;
}

export function strongest(probabilities: readonly number[]): Guess {
  const label = argmax(probabilities);
  return { label, confidence: probabilities[label] ?? 0 };
}

function outcomeOf(before: boolean, after: boolean): Outcome {
  if (after) return before ? 'right' : 'fixed';
  return before ? 'broken' : 'wrong';
}

export function testRows(predictions: Predictions): TestRow[] {
  return predictions.rows.map((row, index) => {
    const before = strongest(row.before);
    const after = strongest(row.after);
    return {
      index,
      line: row.line,
      text: row.text,
      expected: row.expected,
      before,
      after,
      outcome: outcomeOf(before.label === row.expected, after.label === row.expected),
    };
  });
}

export function countOutcomes(rows: readonly TestRow[]): Record<Outcome, number> {
  const counts = { fixed: 0, broken: 0, wrong: 0, right: 0 };
  for (const row of rows) counts[row.outcome] += 1;
  return counts;
}

export interface RowsQuery {
  tab: RowsTab;
  /** Found in the text or in one of the three labels, case ignored. */
  search: string;
  order: RowOrder;
  cell: CellFilter | null;
}

/** The rows to list, in order; sorting by confidence looks at the tuned model's answer. */
export function selectRows(
  rows: readonly TestRow[],
  classes: readonly string[],
  { tab, search, order, cell }: RowsQuery,
): TestRow[] {
  const needle = search.trim().toLowerCase();
  const names = classes.map((name) => name.toLowerCase());
  const mentions = (row: TestRow): boolean =>
    needle === '' ||
    row.text.toLowerCase().includes(needle) ||
    [row.expected, row.before.label, row.after.label].some((label) => names[label]?.includes(needle));
  const inCell = (row: TestRow): boolean =>
    cell === null || (row.expected === cell.expected && row[cell.side].label === cell.predicted);
  const found = rows.filter((row) => (tab === 'all' || row.outcome === tab) && inCell(row) && mentions(row));
  if (order === 'file') return found;
  const sign = order === 'surest' ? -1 : 1;
  return found.sort((a, b) => sign * (a.after.confidence - b.after.confidence) || a.index - b.index);
}
