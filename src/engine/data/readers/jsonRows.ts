/** JSON values to table rows: one level of nesting becomes `outer.inner`, deeper values stay JSON text. */
import { EngineError } from '../../core/errors';
import { RAW_LIMIT, type RejectedRow } from '../table';
import { cut, plural } from '../words';

export type JsonObject = Readonly<Record<string, unknown>>;

const MAX_COLUMNS = 2_000;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a value is, for messages: 'a list', 'a number'. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** JSON allows half of a surrogate pair, which no text file can hold. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

/** Numbers and booleans to text, null to ''; lists and deeper objects stay JSON. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return wellFormed(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Collects rows whose columns come up as they go. */
export interface RowCollector {
  add(value: unknown, line: number, raw: () => string): void;
  reject(row: RejectedRow): void;
  finish(): {
    columns: readonly string[];
    rows: readonly (readonly string[])[];
    lines: readonly number[];
    rejected: readonly RejectedRow[];
    notes: readonly string[];
  };
}

/** `add` throws `too-many-columns` for objects used as dictionaries. */
export function createCollector(name: string): RowCollector {
  const index = new Map<string, number>();
  const rows: string[][] = [];
  const lines: number[] = [];
  const rejected: RejectedRow[] = [];
  const flattened = new Set<string>();
  const asJson = new Set<string>();
  const place = (row: string[], column: string, value: unknown): void => {
    const known = index.get(column) ?? index.size;
    if (known === index.size) index.set(column, known);
    if (index.size > MAX_COLUMNS) throw tooManyColumns(name);
    if (typeof value === 'object' && value !== null) asJson.add(column);
    while (row.length < known) row.push('');
    row[known] = cellText(value);
  };
  const rowOf = (value: JsonObject): string[] => {
    const row: string[] = [];
    for (const [key, cell] of Object.entries(value)) {
      const column = key.trim() === '' ? 'unnamed' : wellFormed(key.trim());
      if (!isObject(cell)) place(row, column, cell);
      else {
        flattened.add(column);
        for (const [inner, deep] of Object.entries(cell)) place(row, `${column}.${wellFormed(inner)}`, deep);
      }
    }
    return row;
  };
  const reject = (row: RejectedRow): void => {
    rejected.push({ ...row, raw: cut(row.raw, RAW_LIMIT) });
  };
  return {
    reject,
    add: (value, line, raw) => {
      if (!isObject(value)) {
        reject({
          line,
          code: 'not-an-object',
          reason: `is ${kindOf(value)}, an object expected`,
          raw: raw(),
        });
        return;
      }
      try {
        rows.push(rowOf(value));
        lines.push(line);
      } catch (error) {
        // JSON.stringify recurses; a value nested thousands deep exhausts the stack.
        if (!(error instanceof RangeError)) throw error;
        reject({ line, code: 'too-deep', reason: 'is nested too deeply to be a row', raw: raw() });
      }
    },
    finish: () => {
      const columns = [...index.keys()];
      let gaps = 0;
      for (const row of rows) {
        if (row.length < columns.length) gaps++;
        while (row.length < columns.length) row.push('');
      }
      return { columns, rows, lines, rejected, notes: notesOf(flattened, asJson, gaps) };
    },
  };
}

function notesOf(flattened: ReadonlySet<string>, asJson: ReadonlySet<string>, gaps: number): string[] {
  const quoted = (names: ReadonlySet<string>): string =>
    [...names]
      .slice(0, 5)
      .map((column) => `“${column}”`)
      .join(', ');
  return [
    ...(flattened.size > 0
      ? [`Nested objects became columns with a dot: ${quoted(flattened)} → “outer.inner”.`]
      : []),
    ...(asJson.size > 0 ? [`Lists and deeper objects are kept as JSON text in ${quoted(asJson)}.`] : []),
    ...(gaps > 0
      ? [`${plural(gaps, 'row lacks', 'rows lack')} fields that others have; those cells are empty.`]
      : []),
  ];
}

function tooManyColumns(name: string): EngineError {
  return new EngineError({
    code: 'too-many-columns',
    message: `The objects in ${name} have more than ${MAX_COLUMNS.toLocaleString('en-US')} different fields.`,
    hint: 'Give every row the same fields, such as {"text": "...", "label": "..."}.',
  });
}
