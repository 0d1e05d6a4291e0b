/** The door of the engine for data: bytes in, a Table out in which every row of the file is accounted for. */
import type { ImportOptions } from '../core/config';
import { EngineError } from '../core/errors';
import { createPace, type OnProgress } from './pace';
import type { ReadResult } from './readers/reader';
import { chooseReader } from './registry';
import { decodeFile } from './sniff';
import type { Table } from './table';

/** `rows.length + rejected.length` of the result is the number of records in the file. */
function assertRows(found: ReadResult, name: string): void {
  if (found.rows.length + found.rejected.length > 0) return;
  const header = found.columns.map((column) => `“${column}”`).slice(0, 6);
  throw new EngineError({
    code: 'no-rows',
    message:
      header.length > 0
        ? `${name} has a header (${header.join(', ')}) but no rows below it.`
        : `${name} has no rows.`,
    hint: 'Add rows with a text and a label. If the first line is a row itself, turn “First row names the columns” off.',
    details: { columns: found.columns.length },
  });
}

/**
 * Reads a CSV, TSV, JSON or JSONL file. What `options` leaves out is detected; `Table.reasons` says why each was
 * chosen. Yields to the event loop while it works.
 *
 * Throws an EngineError when the file as a whole cannot be read: `empty-file`, `file-too-large`, `no-rows`, binary
 * kinds (binary.ts), `json-syntax`, `json-shape`, `too-many-columns`, `bad-delimiter`; the signal's
 * AbortError when cancelled. Single bad rows are no error: they are in `rejected` with line and reason.
 */
export async function readTable(
  bytes: Uint8Array,
  name: string,
  options: Partial<ImportOptions> | null,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<Table> {
  const asked = options ?? {};
  onProgress({ label: 'Reading', done: 0, total: bytes.length });
  const pace = createPace(onProgress, signal);
  await pace.step('Reading', 0, bytes.length);
  const decoded = decodeFile(bytes, name, asked.encoding);
  const { reader, reason } = chooseReader(decoded.text, name, asked.format);
  const found = await reader.read({ text: decoded.text, name, options: asked, pace });
  assertRows(found, name);
  return {
    columns: found.columns,
    rows: found.rows,
    lines: found.lines,
    rejected: found.rejected,
    options: { ...found.options, format: reader.format, encoding: decoded.encoding },
    reasons: { ...found.reasons, format: reason, encoding: decoded.reason },
    notes: [...decoded.notes, ...found.notes],
  };
}
