/** The test rows under every way's answer: which to show, those on which the ways differ first. Pure. */
import type { StudyRows } from '../../engine/core/study';

export type StudyRow = StudyRows['rows'][number];

export interface RowsQuery {
  /** Found in the text or in the labels, case ignored. */
  search: string;
  /** Key of a way that must be right, or wrong; null = any. */
  rightBy: string | null;
  wrongBy: string | null;
}

export const ALL_ROWS: RowsQuery = { search: '', rightBy: null, wrongBy: null };

/** Ways that answer the same to everything differ from the others on most rows and say nothing by it. */
function telling(rows: readonly StudyRow[], keys: readonly string[]): string[] {
  const constant = (key: string): boolean => {
    const first = rows[0]?.answers[key]?.predicted;
    return rows.every(({ answers }) => answers[key]?.predicted === first);
  };
  const kept = keys.filter((key) => !constant(key));
  return kept.length > 1 ? kept : [...keys];
}

/** Answers beyond the first that a row got. */
export function disagreement({ answers }: StudyRow, keys: readonly string[]): number {
  return new Set(keys.flatMap((key) => answers[key]?.predicted ?? [])).size - 1;
}

/** Rows to list: most disagreement first, else as in the file. @param keys of the ways that are shown */
export function selectRows(
  { rows, classes }: StudyRows,
  keys: readonly string[],
  { search, rightBy, wrongBy }: RowsQuery,
): StudyRow[] {
  const needle = search.trim().toLowerCase();
  const matches = ({ text, expected, answers }: StudyRow): boolean =>
    needle === '' ||
    text.toLowerCase().includes(needle) ||
    [expected, ...keys.map((key) => answers[key]?.predicted ?? -1)].some((label) =>
      classes[label]?.toLowerCase().includes(needle),
    );
  const is = (row: StudyRow, key: string | null, right: boolean): boolean =>
    key === null ||
    (row.answers[key] !== undefined && (row.answers[key].predicted === row.expected) === right);
  const differing = telling(rows, keys);
  return rows
    .filter((row) => matches(row) && is(row, rightBy, true) && is(row, wrongBy, false))
    .map((row) => ({ row, differs: disagreement(row, differing) }))
    .sort((a, b) => b.differs - a.differs)
    .map(({ row }) => row);
}

/** Rows to which the ways did not all give one answer. */
export function countDiffering({ rows }: StudyRows, keys: readonly string[]): number {
  const differing = telling(rows, keys);
  return rows.filter((row) => disagreement(row, differing) > 0).length;
}
