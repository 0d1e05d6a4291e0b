/** Comma-, tab-, semicolon- and pipe-separated values. The unit counted is the record: a quoted newline is text. */
import { EngineError } from '../../core/errors';
import { guessHeader, nameColumns } from '../header';
import { RAW_LIMIT, type RejectedRow } from '../table';
import { cut, listSome, plural } from '../words';
import { detectDialect, type Sample, unwrap } from './csvDialect';
import { type CsvRecord, isBlank, walkRecords } from './csvRecords';
import type { Reader, ReadRequest, ReadResult } from './reader';

/** A column count far beyond any table: the delimiter is wrong. */
const MAX_COLUMNS = 20_000;

/** What the sample settled about the records to come. */
interface Layout {
  dialect: Sample['dialect'];
  width: number;
  /** Records above the table. */
  lead: number;
  header: boolean;
  /** No delimiter fits. */
  isOneColumn: boolean;
}

interface Tally {
  blank: number;
  trimmed: number;
  unwrapped: number[];
  unclosed: number[];
}

/** Titles and comments above the table: leading records of one field where the rows agree on several. */
const MAX_LEAD = 5;

function leadOf({ records, width }: Sample): number {
  const first = records.slice(0, MAX_LEAD + 1).findIndex((fields) => fields.length === width);
  const isLead = width > 1 && records.slice(0, first).every((fields) => fields.length === 1);
  return first > 0 && isLead ? first : 0;
}

function header(
  records: Sample['records'],
  chosen: boolean | undefined,
): { header: boolean; reason: string } {
  return chosen === undefined ? guessHeader(records) : { header: chosen, reason: 'chosen by you' };
}

/** Names and number of columns: the header's, or the commonest width where rows agree on being wider. */
function shape(
  sample: Sample,
  first: readonly string[] | null,
): { columns: readonly string[]; notes: readonly string[] } {
  if (first === null) return nameColumns([], sample.width);
  const names = [...first];
  while (names.length > sample.width && names.at(-1)?.trim() === '') names.pop();
  const isWider = sample.width > names.length && sample.agree >= 0.8;
  const { columns, notes } = nameColumns(names, isWider ? sample.width : names.length);
  if (!isWider) return { columns, notes };
  const missing = `The header names ${plural(names.length, 'column')}, the rows have ${sample.width}; the rest got numbers.`;
  return { columns, notes: [missing, ...notes.filter((note) => !note.includes('got a number'))] };
}

/** The cells of a record, or why it is none. Extra fields that are empty are trimmed, wrapped rows unwrapped. */
function cellsOf(
  record: CsvRecord,
  { width, dialect, isOneColumn }: Layout,
  tally: Tally,
  line: number,
): readonly string[] | { code: string; reason: string } {
  const { fields } = record;
  if (fields.length === width) return fields;
  // Nothing separates this file's fields, so what looks like a delimiter is punctuation.
  if (isOneColumn) return [fields.join(dialect.delimiter)];
  if (record.unclosed) {
    return {
      code: 'broken-quote',
      reason: `a quote in line ${line} opens and never closes properly; read plainly the line has ${plural(fields.length, 'field')}, ${width} expected`,
    };
  }
  const inner = unwrap(record, dialect);
  if (inner?.length === width) {
    tally.unwrapped.push(line);
    return inner;
  }
  if (fields.length > width && fields.slice(width).every((field) => field.trim() === '')) {
    tally.trimmed++;
    return fields.slice(0, width);
  }
  const reason = `has ${plural(fields.length, 'field')}, ${width} expected`;
  return fields.length > width
    ? { code: 'too-many-fields', reason: `${reason}; a text that holds the delimiter needs quotes around it` }
    : { code: 'too-few-fields', reason };
}

function describe(tally: Tally, plainFrom: number | null): string[] {
  const notes: string[] = [];
  const { unwrapped, unclosed, blank, trimmed } = tally;
  if (unwrapped.length > 0)
    notes.push(
      `${plural(unwrapped.length, 'row was', 'rows were')} wrapped in quotes as a whole and unwrapped (line ${listSome(unwrapped)}).`,
    );
  if (unclosed.length > 0)
    notes.push(
      `A quote opens and never closes properly in line ${listSome(unclosed)}; ${unclosed.length === 1 ? 'that line was' : 'those lines were'} read as plain text.`,
    );
  if (plainFrom !== null)
    notes.push(`So many quotes stay open that from line ${plainFrom} on all quotes are read as text.`);
  if (trimmed > 0) notes.push(`Empty extra fields at the end of ${plural(trimmed, 'row')} were trimmed.`);
  if (blank > 0)
    notes.push(`${plural(blank, 'blank line was', 'blank lines were')} passed over and not counted as rows.`);
  return notes;
}

function checkOptions({ options }: ReadRequest): void {
  const { delimiter, quote } = options;
  if (delimiter === undefined || !['\r', '\n', '"', '\uFEFF', quote].includes(delimiter)) return;
  throw new EngineError({
    code: 'bad-delimiter',
    message: `${JSON.stringify(delimiter)} cannot separate fields: it already ends rows or quotes text.`,
    hint: 'Choose comma, tab, semicolon, pipe or another character.',
  });
}

/** Sorts records into rows and rejected rows; blank lines and the header are neither. */
function createRows(text: string, layout: Layout) {
  const rows: (readonly string[])[] = [];
  const lines: number[] = [];
  const rejected: RejectedRow[] = [];
  const tally: Tally = { blank: 0, trimmed: 0, unwrapped: [], unclosed: [] };
  let seen = 0;
  const reject = (record: CsvRecord, line: number, why: { code: string; reason: string }): void => {
    const raw = text.slice(record.start, record.end).replace(/[\r\n]+$/, '');
    rejected.push({ line, ...why, raw: cut(raw, RAW_LIMIT) });
  };
  const acceptRow = (record: CsvRecord, line: number): void => {
    if (record.unclosed) tally.unclosed.push(line);
    const cells = cellsOf(record, layout, tally, line);
    if ('code' in cells) reject(record, line, cells);
    else {
      rows.push(cells);
      lines.push(line);
    }
  };
  const accept = (record: CsvRecord, line: number): void => {
    if (isBlank(record, text)) {
      tally.blank++;
      return;
    }
    const place = seen++;
    if (place < layout.lead) reject(record, line, { code: 'before-table', reason: 'stands above the table' });
    else if (place > layout.lead || !layout.header) acceptRow(record, line);
  };
  return { rows, lines, rejected, tally, accept };
}

async function read(request: ReadRequest): Promise<ReadResult> {
  checkOptions(request);
  const { text, name, pace } = request;
  const { sample, reasons } = detectDialect(text, name, request.options);
  const { dialect } = sample;
  const lead = leadOf(sample);
  const records = sample.records.slice(lead);
  const head = header(records, request.options.header);
  const { columns, notes } = shape(sample, head.header ? (records[0] ?? null) : null);
  const width = columns.length;
  if (width > MAX_COLUMNS) {
    throw new EngineError({
      code: 'too-many-columns',
      message: `${name} would have ${width.toLocaleString('en-US')} columns.`,
      hint: 'The delimiter is probably another one: choose it under “How the file is read”.',
      details: { columns: width },
    });
  }
  const isOneColumn = sample.width === 1 && width === 1;
  const layout: Layout = { dialect, width, lead, header: head.header, isOneColumn };
  const table = createRows(text, layout);
  const { plainFrom } = await walkRecords(text, dialect, width, pace, table.accept);
  return {
    columns,
    rows: table.rows,
    lines: table.lines,
    rejected: table.rejected,
    options: { delimiter: dialect.delimiter, quote: dialect.quote, header: head.header },
    reasons: { ...reasons, header: head.reason },
    notes: [...notes, ...describe(table.tally, plainFrom)],
  };
}

/** RFC 4180 and its common departures; see csvRecords.ts for broken quotes. Throws `too-many-columns`, `bad-delimiter`. */
export const csvReader: Reader = {
  format: 'csv',
  label: 'CSV, TSV or other delimited text',
  claims: (_text, extension) =>
    ['csv', 'tsv', 'tab', 'txt', 'psv'].includes(extension)
      ? `the name ends in .${extension}`
      : 'delimited text is what is left',
  read,
};
