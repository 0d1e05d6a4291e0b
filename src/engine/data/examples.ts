/** Table rows to examples: one text, one label each. */
import type { ColumnRoles } from '../core/config';
import { EngineError } from '../core/errors';
import { type Example, RAW_LIMIT, type RejectedRow, type Table } from './table';
import { cut } from './words';

function columnOf(table: Table, name: string, role: string): number {
  const index = table.columns.indexOf(name);
  if (index !== -1) return index;
  const known = table.columns.slice(0, 20).map((column) => `“${column}”`);
  throw new EngineError({
    code: 'unknown-column',
    message: `There is no column “${name}” for the ${role}; the file has ${known.join(', ')}.`,
    hint: `Choose the ${role} column in the header of the table (on the command line: --${role} COLUMN).`,
    details: { column: name },
  });
}

/**
 * Labels are trimmed; texts are kept exactly, however long. Rows with an empty text or label are rejected with
 * line and reason: examples + rejected = table.rows. Throws `unknown-column`, `same-column`.
 */
export function toExamples(
  table: Table,
  roles: ColumnRoles,
): { examples: readonly Example[]; rejected: readonly RejectedRow[] } {
  const textAt = columnOf(table, roles.text, 'text');
  const labelAt = columnOf(table, roles.label, 'label');
  if (textAt === labelAt) {
    throw new EngineError({
      code: 'same-column',
      message: `“${roles.text}” cannot be both the text and the label.`,
      hint: 'Choose two different columns.',
    });
  }
  const examples: Example[] = [];
  const rejected: RejectedRow[] = [];
  table.rows.forEach((cells, row) => {
    const line = table.lines[row] ?? 0;
    const text = cells[textAt] ?? '';
    const label = (cells[labelAt] ?? '').trim();
    const isTextEmpty = text.trim() === '';
    if (!isTextEmpty && label !== '') {
      examples.push({ row, line, text, label });
      return;
    }
    const raw = cut(cells.join(' | '), RAW_LIMIT);
    rejected.push(
      isTextEmpty
        ? { line, code: 'empty-text', reason: `has no text in “${roles.text}”`, raw }
        : { line, code: 'empty-label', reason: `has no label in “${roles.label}”`, raw },
    );
  });
  return { examples, rejected };
}
