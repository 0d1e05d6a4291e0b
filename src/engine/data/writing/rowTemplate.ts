/** Text with `{{column}}` in it, filled from a row: what a user edits to say how columns become a prompt. */
import { EngineError } from '../../core/errors';
import type { Table } from '../table';
import { listSome } from '../words';

export interface RowTemplate {
  /** The text for a row, or null when every cell it names is blank. */
  fill(cells: readonly string[]): string | null;
}

const PLACEHOLDER = /\{\{\s*([^{}]+?)\s*\}\}/;

/** Literal text at even places, column numbers at odd ones. */
interface Line {
  literals: readonly string[];
  columns: readonly number[];
}

/** Where the column that `part` of the shape names stands. @throws unknown-column */
export function columnOf(table: Table, name: string, part: string): number {
  const at = table.columns.indexOf(name);
  if (at !== -1) return at;
  throw new EngineError({
    code: 'unknown-column',
    message: `The ${part} names a column “${name}”; the file has ${listSome(
      table.columns.map((column) => `“${column}”`),
      20,
    )}.`,
    hint: 'Name a column of the file, spelled as in its header.',
    details: { column: name, field: part },
  });
}

function parseLine(line: string, table: Table, part: string): Line {
  const pieces = line.split(PLACEHOLDER);
  return {
    literals: pieces.filter((_, i) => i % 2 === 0),
    columns: pieces.filter((_, i) => i % 2 === 1).map((name) => columnOf(table, name, part)),
  };
}

/** Whether something of the row stands there, or nothing of a row is meant to. */
function hasSomething(columns: readonly number[], cells: readonly string[]): boolean {
  return columns.length === 0 || columns.some((column) => (cells[column] ?? '').trim() !== '');
}

function fillLine({ literals, columns }: Line, cells: readonly string[]): string {
  return literals.map((text, i) => text + (cells[columns[i] ?? -1] ?? '')).join('');
}

/**
 * Paragraphs, and lines within them, whose cells are all blank are left out, so that one template serves rows with
 * and without an input. What cells say is never read as a template. `part` names the template in messages.
 *
 * @throws unknown-column; bad-setting when no column is named
 */
export function parseRowTemplate(template: string, table: Table, part: string): RowTemplate {
  const paragraphs = template
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.split('\n').map((line) => parseLine(line, table, part)));
  const columns = paragraphs.flat().flatMap((line) => line.columns);
  if (columns.length === 0) {
    throw new EngineError({
      code: 'bad-setting',
      message: `The ${part} names no column, so it would be the same for every row.`,
      hint: 'Write {{column}} where a cell of each row belongs.',
      details: { field: part },
    });
  }
  return {
    fill: (cells) => {
      if (!hasSomething(columns, cells)) return null;
      return paragraphs
        .filter((lines) =>
          hasSomething(
            lines.flatMap((line) => line.columns),
            cells,
          ),
        )
        .map((lines) =>
          lines
            .filter((line) => hasSomething(line.columns, cells))
            .map((line) => fillLine(line, cells))
            .join('\n'),
        )
        .join('\n\n');
    },
  };
}
