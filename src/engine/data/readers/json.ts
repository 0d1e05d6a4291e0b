/** JSON documents: a list of objects or of lists, an object that holds one, or columns side by side. */
import { EngineError } from '../../core/errors';
import { guessHeader, nameColumns } from '../header';
import type { Pace } from '../pace';
import { RAW_LIMIT, type RejectedRow } from '../table';
import { cut, listSome, plural } from '../words';
import { findSyntaxError, linesOf, type Place, valuesFrom } from './jsonPlaces';
import { cellText, createCollector, isObject, type JsonObject, kindOf } from './jsonRows';
import { type Reader, type ReadRequest, type ReadResult, withoutDialect } from './reader';

/** The values that are rows, each with its line, and column names that stand elsewhere in the document. */
interface RowSource {
  values: readonly unknown[];
  lines: readonly number[];
  names: readonly string[] | null;
}

const EXAMPLE = '[{"text": "where is my card?", "label": "card_arrival"}, …]';

function refuse(name: string, what: string): EngineError {
  return new EngineError({
    code: 'json-shape',
    message: `${name} ${what}.`,
    hint: `Write a list of objects, one per row: ${EXAMPLE}`,
  });
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const offset = findSyntaxError(text) ?? 0;
    const before = text.slice(0, offset).split(/\r\n|\n|\r/);
    const line = before.length;
    const column = (before.at(-1)?.length ?? 0) + 1;
    const found =
      offset >= text.length
        ? 'the file ends too early'
        : `unexpected “${cut(text.slice(offset, offset + 12), 10)}”`;
    throw new EngineError({
      code: 'json-syntax',
      message: `${name} is no valid JSON: ${found} in line ${line}, column ${column}.`,
      hint: 'Correct that place. If each line is an object of its own, name the file .jsonl: then only broken lines are left out.',
      details: { line, column },
    });
  }
}

/** The list under `key`, or the document itself when `key` is null. */
function listAt(text: string, key: string | null): readonly Place[] {
  if (key === null) return valuesFrom(text, 0);
  // JSON.parse keeps the last of equal keys.
  const place = valuesFrom(text, 0).findLast((value) => value.key === key);
  return place === undefined ? [] : valuesFrom(text, place.offset);
}

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null;

/** {"text": [...], "label": [...]}: every value a list of plain values, all of one length. */
function fromColumns(document: JsonObject, text: string, name: string): RowSource | null {
  const entries = Object.entries(document);
  const lists = entries.filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
  if (lists.length !== entries.length || !lists.every(([, list]) => list.every(isPlain))) return null;
  const lengths = lists.map(([, list]) => list.length);
  if (new Set(lengths).size > 1) {
    const told = lists.slice(0, 4).map(([key, list]) => `“${key}” ${list.length}`);
    throw refuse(name, `holds columns of different lengths (${told.join(', ')})`);
  }
  const values = Array.from({ length: lengths[0] ?? 0 }, (_, i) =>
    Object.fromEntries(lists.map(([key, list]) => [key, list[i]])),
  );
  return { values, lines: linesOf(text, listAt(text, lists[0]?.[0] ?? null)), names: null };
}

/** {"text": {"0": ...}, "label": {"0": ...}} as pandas writes columns, or {"id1": {...}, "id2": {...}}. */
function fromKeyed(document: JsonObject, text: string): RowSource | null {
  const entries = Object.entries(document);
  const objects = entries.filter((entry): entry is [string, JsonObject] => isObject(entry[1]));
  const [first] = objects;
  if (first === undefined || objects.length !== entries.length) return null;
  const keys = Object.keys(first[1]);
  const isPandas = keys.length > 0 && keys.every((key) => /^\d+$/.test(key));
  if (!isPandas) {
    if (entries.length < 2) return null;
    return { values: objects.map(([, value]) => value), lines: keyedLines(text, objects), names: null };
  }
  const all = [...new Set(objects.flatMap(([, column]) => Object.keys(column)))];
  const values = all.map((key) => Object.fromEntries(objects.map(([name, column]) => [name, column[key]])));
  const places = new Map(listAt(text, first[0]).map((place) => [place.key, place]));
  const found = all.map((key) => places.get(key) ?? { key, offset: 0 });
  return { values, lines: found.map((place) => linesOf(text, [place])[0] ?? 1), names: null };
}

/** JavaScript orders integer keys first, so places are looked up by key. */
function keyedLines(text: string, entries: readonly [string, unknown][]): number[] {
  const places = valuesFrom(text, 0);
  const lines = new Map(linesOf(text, places).map((line, i) => [places[i]?.key ?? '', line]));
  return entries.map(([key]) => lines.get(key) ?? 1);
}

function rowSource(document: unknown, text: string, name: string): RowSource {
  if (Array.isArray(document)) {
    if (document.length > 0 && document.every(isPlain))
      throw refuse(name, `is a list of ${plural(document.length, 'plain value')}, without labels`);
    return { values: document, lines: linesOf(text, valuesFrom(text, 0)), names: null };
  }
  if (!isObject(document)) throw refuse(name, `holds ${kindOf(document)}, not a list of rows`);
  const tables = Object.entries(document).filter(
    ([, value]) => Array.isArray(value) && value.length > 0 && value.every((row) => !isPlain(row)),
  );
  const [table] = tables;
  if (tables.length > 1) {
    const names = tables.map(([key]) => `“${key}”`);
    throw refuse(
      name,
      `holds ${tables.length} lists of rows (${listSome(names, 5)}); Hone cannot tell which to read`,
    );
  }
  if (table !== undefined) {
    const { columns } = document;
    const names =
      Array.isArray(columns) && columns.every((cell) => typeof cell === 'string')
        ? (columns as string[])
        : null;
    return { values: table[1] as unknown[], lines: linesOf(text, listAt(text, table[0])), names };
  }
  const found = fromColumns(document, text, name) ?? fromKeyed(document, text);
  if (found !== null) return found;
  const fields = Object.keys(document).map((key) => `“${key}”`);
  throw refuse(name, `is one object (${listSome(fields, 4)}), not a list of rows`);
}

/** A list of lists: like CSV, the first may be the header. */
function readLists(source: RowSource, chosen: boolean | undefined): ReadResult {
  const lists = source.values.map((value) => (Array.isArray(value) ? value.map(cellText) : null));
  const sample = lists.filter((list) => list !== null).slice(0, 500);
  const guess = guessHeader(sample);
  const isNamed = source.names !== null;
  const hasHeader = !isNamed && (chosen ?? guess.header);
  const names = source.names ?? (hasHeader ? (sample[0] ?? []) : []);
  const width = names.length > 0 ? names.length : (sample[0]?.length ?? 0);
  const { columns, notes } = nameColumns(names, width);
  const rows: string[][] = [];
  const lines: number[] = [];
  const rejected: RejectedRow[] = [];
  const headerAt = hasHeader ? lists.findIndex((list) => list !== null) : -1;
  lists.forEach((list, i) => {
    if (i === headerAt) return;
    const line = source.lines[i] ?? 1;
    const raw = (): string => cut(JSON.stringify(source.values[i]) ?? '', RAW_LIMIT);
    if (list?.length === width) {
      rows.push(list);
      lines.push(line);
    } else if (list === null) {
      const reason = `is ${kindOf(source.values[i])}, a list expected`;
      rejected.push({ line, code: 'not-a-list', reason, raw: raw() });
    } else {
      const code = list.length > width ? 'too-many-fields' : 'too-few-fields';
      rejected.push({
        line,
        code,
        reason: `has ${plural(list.length, 'value')}, ${width} expected`,
        raw: raw(),
      });
    }
  });
  const dialect = withoutDialect('JSON');
  const reason = isNamed
    ? 'the document names its columns'
    : chosen === undefined
      ? guess.reason
      : 'chosen by you';
  return {
    columns,
    rows,
    lines,
    rejected,
    notes,
    options: { ...dialect.options, header: isNamed || hasHeader },
    reasons: { ...dialect.reasons, header: reason },
  };
}

async function readObjects(source: RowSource, name: string, pace: Pace): Promise<ReadResult> {
  const collector = createCollector(name);
  for (const [i, value] of source.values.entries()) {
    collector.add(value, source.lines[i] ?? 1, () => JSON.stringify(value));
    if (i % 256 === 0) await pace.step('Reading rows', i, source.values.length);
  }
  return { ...collector.finish(), ...withoutDialect('JSON') };
}

async function read({ text, name, options, pace }: ReadRequest): Promise<ReadResult> {
  await pace.step('Parsing JSON', 0, 0);
  const source = rowSource(parse(text, name), text, name);
  return Array.isArray(source.values[0])
    ? readLists(source, options.header)
    : readObjects(source, name, pace);
}

/** RFC 8259. Throws `json-syntax` with line and column, `json-shape` with what was found, `too-many-columns`. */
export const jsonReader: Reader = {
  format: 'json',
  label: 'JSON',
  claims: (text, extension) => {
    if (extension === 'json') return 'the name ends in .json';
    if (['csv', 'tsv', 'tab', 'psv'].includes(extension)) return null;
    const head = text.slice(0, 1000).trimStart();
    const tail = text.slice(-1000).trimEnd();
    const isBracketed =
      (head.startsWith('[') && tail.endsWith(']')) || (head.startsWith('{') && tail.endsWith('}'));
    return isBracketed ? 'the text is wrapped in JSON brackets' : null;
  },
  read,
};
