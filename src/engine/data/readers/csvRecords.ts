/**
 * CSV text to records with their places, window by window, through Papa Parse's tokenizer (RFC 4180 with its
 * leniency for loose quotes). A quote that never closes costs one line, not the rest of the file.
 */
import Papa from 'papaparse';
import type { Pace } from '../pace';

export interface Dialect {
  delimiter: string;
  quote: '"' | "'" | '';
  newline: '\n' | '\r';
}

export interface CsvRecord {
  fields: string[];
  /** Offsets into the text; the newline belongs to the record. */
  start: number;
  end: number;
  /** A quoted field was closed by something other than a delimiter or a newline. */
  loose: boolean;
  /** A quote opened in this record and did not close properly; the record was re-read as one plain line. */
  unclosed: boolean;
}

interface PapaStep {
  data: string[][];
  errors: { code?: string }[];
  meta: { cursor: number };
}

const WINDOW_CHARS = 1 << 20;

/** Line feeds unless the file has none (old Mac files). */
export function newlineOf(text: string): '\n' | '\r' {
  return text.includes('\n') || !text.includes('\r') ? '\n' : '\r';
}

/** With '\n' as the newline, a CRLF file leaves its '\r' on an unquoted last field. */
function dropCarriageReturn(record: CsvRecord, text: string, dialect: Dialect): void {
  const last = record.fields.at(-1);
  if (dialect.newline !== '\n' || last === undefined || !last.endsWith('\r')) return;
  const end = text[record.end - 1] === '\n' ? record.end - 1 : record.end;
  if (text.startsWith(last, end - last.length)) record.fields[record.fields.length - 1] = last.slice(0, -1);
}

/**
 * Visits the records that lie wholly within `length` characters from `from`; the visitor returns false to stop.
 * A quote still open at the end of the text marks its record `unclosed`.
 */
export function scanRecords(
  text: string,
  from: number,
  length: number,
  dialect: Dialect,
  visit: (record: CsvRecord) => boolean,
): void {
  const isLast = from + length >= text.length;
  const slice = text.slice(from, from + length);
  // Papa reads a closing quote at the very end of its input differently; a final newline makes all ends alike.
  const input = isLast && !slice.endsWith(dialect.newline) ? slice + dialect.newline : slice;
  let start = from;
  const parser = new Papa.Parser({
    delimiter: dialect.delimiter,
    newline: dialect.newline,
    ...(dialect.quote === '' ? { fastMode: true } : { quoteChar: dialect.quote }),
    step: (result: unknown) => {
      const { data, errors, meta } = result as PapaStep;
      const end = Math.min(from + meta.cursor, text.length);
      const record: CsvRecord = {
        fields: data[0] ?? [],
        start,
        end,
        loose: errors.length > 0,
        unclosed: errors.some((error) => error.code === 'MissingQuotes'),
      };
      start = end;
      if (record.start >= text.length) return;
      dropCarriageReturn(record, text, dialect);
      if (!visit(record)) parser.abort();
    },
  });
  parser.parse(input, 0, !isLast);
}

/** The fields of one line read on its own. */
export function fieldsOfLine(line: string, dialect: Dialect): CsvRecord | null {
  let found: CsvRecord | null = null;
  scanRecords(line, 0, line.length, dialect, (record) => {
    found = record;
    return false;
  });
  return found;
}

export function isBlank(record: CsvRecord, text: string): boolean {
  return record.fields.length === 1 && text.slice(record.start, record.end).trim() === '';
}

function countOf(text: string, part: string, start: number, end: number): number {
  let count = 0;
  for (let at = text.indexOf(part, start); at !== -1 && at < end; at = text.indexOf(part, at + 1)) count++;
  return count;
}

/**
 * Whether a record's quotes are broken: open to the end, or misplaced in a way that changes the number of fields,
 * or misplaced so that it took in a later line that is a whole record itself.
 */
function isBroken(record: CsvRecord, text: string, dialect: Dialect, width: number): boolean {
  if (record.unclosed || !record.loose) return record.unclosed;
  if (record.fields.length !== width) return true;
  if (width < 2) return false;
  const [, ...later] = text.slice(record.start, record.end).trimEnd().split(dialect.newline);
  return later.some((line) => {
    const alone = fieldsOfLine(line, dialect);
    return alone !== null && alone.fields.length === width && !alone.unclosed;
  });
}

/** The line at `start` alone: split plainly, or with its open quote closed at the line's end if that fits better. */
function rereadLine(text: string, start: number, dialect: Dialect, width: number): CsvRecord {
  const newline = text.indexOf(dialect.newline, start);
  const end = newline === -1 ? text.length : newline + 1;
  const line = text.slice(start, newline === -1 ? end : newline).replace(/\r$/, '');
  const plain = line.split(dialect.delimiter);
  const closed = plain.length === width ? null : fieldsOfLine(line, dialect);
  const fields =
    closed?.fields.length === width ? closed.fields.map((field) => field.replace(/[\r\n]+$/, '')) : plain;
  return { fields, start, end, loose: true, unclosed: true };
}

/**
 * Every record of the text in order, with the 1-based line where it starts. `width` is the expected number of
 * fields, which tells a quoted newline from a quote that never closed. Returns whether quoting had to be given
 * up part-way (many unclosed quotes), and at which line.
 */
export async function walkRecords(
  text: string,
  dialect: Dialect,
  width: number,
  pace: Pace,
  emit: (record: CsvRecord, line: number) => void,
): Promise<{ plainFrom: number | null }> {
  // Looking for the end of an open quote re-reads text; past this budget the rest is read without quotes.
  let budget = 8 * text.length + 4 * WINDOW_CHARS;
  let current = dialect;
  let at = 0;
  let line = 1;
  let window = WINDOW_CHARS;
  let plainFrom: number | null = null;
  const accept = (record: CsvRecord): void => {
    emit(record, line);
    line += countOf(text, dialect.newline, record.start, record.end);
    at = record.end;
  };
  while (at < text.length) {
    const from = at;
    let broken: CsvRecord | null = null;
    scanRecords(text, from, window, current, (record) => {
      if (isBroken(record, text, current, width)) broken = record;
      else accept(record);
      return broken === null;
    });
    const stopped = broken as CsvRecord | null;
    if (stopped !== null) {
      accept(rereadLine(text, stopped.start, current, width));
      budget -= stopped.end - stopped.start;
      if (budget < 0) {
        current = { ...current, quote: '' };
        plainFrom ??= line;
      }
    }
    window = at === from ? window * 2 : WINDOW_CHARS;
    await pace.step('Reading rows', at, text.length);
  }
  return { plainFrom };
}
