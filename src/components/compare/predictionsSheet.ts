/**
 * The test predictions for a spreadsheet: the columns of the export's predictions.csv, with what a spreadsheet needs
 * to open them safely, and what tuning did to each row.
 */
import Papa from 'papaparse';
import type { TestRow } from './rows';

/** Without it Excel reads UTF-8 as Windows-1252. */
const BYTE_ORDER_MARK = '\uFEFF';

const shareText = (value: number): string => value.toFixed(4);

/**
 * A cell that a spreadsheet would run as a formula gets a leading apostrophe (OWASP, CSV injection).
 * Papa Parse's own `escapeFormulae` misses cells with a line break.
 */
const disarmed = (cell: string): string => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);

export function predictionsSheet(rows: readonly TestRow[], classes: readonly string[]): string {
  const name = (label: number): string => disarmed(classes[label] ?? '');
  const records = rows.map((row) => ({
    row: row.line,
    input: disarmed(row.text),
    expected: name(row.expected),
    before: name(row.before.label),
    after: name(row.after.label),
    confidence_before: shareText(row.before.confidence),
    confidence_after: shareText(row.after.confidence),
    result: row.outcome === 'wrong' ? 'still wrong' : row.outcome === 'right' ? 'still right' : row.outcome,
  }));
  return BYTE_ORDER_MARK + Papa.unparse(records, { newline: '\r\n' });
}

/** A run's name as part of a file name. */
export function fileStem(name: string): string {
  const stem = name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');
  return stem || 'run';
}
