/** JSON Lines: one object per line. A broken line costs that line only. */
import { EngineError } from '../../core/errors';
import { createCollector, isObject } from './jsonRows';
import { type Reader, type ReadRequest, type ReadResult, withoutDialect } from './reader';

const PROBE_LINES = 20;
const PROBE_CHARS = 1 << 20;

function parses(line: string): boolean {
  try {
    return isObject(JSON.parse(line));
  } catch {
    return false;
  }
}

/** The first non-blank lines, and how many of them are JSON objects. */
function probe(text: string): { lines: number; objects: number } {
  const lines = text
    .slice(0, PROBE_CHARS)
    .split(/\r\n|\n|\r/, PROBE_LINES * 4)
    .filter((line) => line.trim() !== '')
    .slice(0, PROBE_LINES);
  return { lines: lines.length, objects: lines.filter(parses).length };
}

/** The parser's own words without the excerpt some engines add. */
function syntaxWords(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words
    .replace(/^JSON\.?\s?[Pp]arse( error)?:\s*/, '')
    .replace(/,? *(\.\.\.)?".*" is not valid JSON$/s, '');
}

async function read({ text, name, pace }: ReadRequest): Promise<ReadResult> {
  const collector = createCollector(name);
  let first: { line: number; words: string } | null = null;
  let blank = 0;
  let line = 0;
  for (let at = 0; at < text.length; ) {
    const { end, next } = lineEnd(text, at);
    const raw = text.slice(at, end);
    at = next;
    line++;
    if (raw.trim() === '') {
      blank++;
      continue;
    }
    try {
      collector.add(JSON.parse(raw), line, () => raw);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const words = syntaxWords(error);
      first ??= { line, words };
      collector.reject({ line, code: 'broken-json', reason: `is no valid JSON: ${words}`, raw });
    }
    if (line % 256 === 0) await pace.step('Reading rows', at, text.length);
  }
  const found = collector.finish();
  if (found.rows.length === 0 && first !== null) throw nothingReadable(name, first.line, first.words);
  const passed = blank === 1 ? '1 blank line was' : `${blank.toLocaleString('en-US')} blank lines were`;
  const notes = blank === 0 ? [] : [`${passed} passed over and not counted as rows.`];
  return { ...found, ...withoutDialect('JSONL'), notes: [...found.notes, ...notes] };
}

/** Line feeds, CRLF, or bare carriage returns, as the text goes. */
function lineEnd(text: string, at: number): { end: number; next: number } {
  const feed = text.indexOf('\n', at);
  const stop = feed === -1 ? text.length : feed;
  const bare = text.slice(at, stop).search(/\r(?!$)/);
  if (bare !== -1) return { end: at + bare, next: at + bare + 1 };
  return { end: stop, next: stop + 1 };
}

function nothingReadable(name: string, line: number, words: string): EngineError {
  return new EngineError({
    code: 'json-syntax',
    message: `No line of ${name} is valid JSON; line ${line}: ${words}.`,
    hint: 'Each line must be one object, such as {"text": "...", "label": "..."}.',
    details: { line },
  });
}

/** https://jsonlines.org. Throws `json-syntax` when no line can be read, `too-many-columns`. */
export const jsonlReader: Reader = {
  format: 'jsonl',
  label: 'JSON Lines',
  claims: (text, extension) => {
    const isNamed = extension === 'jsonl' || extension === 'ndjson';
    const { lines, objects } = probe(text);
    if (objects >= 2 && objects >= lines / 2)
      return `${objects} of the first ${lines} lines are JSON objects`;
    if (objects === 1 && lines === 1 && extension !== 'json') return 'its one line is a JSON object';
    const isDocument = /^\s*(\[|\{[ \t]*[\r\n])/.test(text.slice(0, 1000));
    return isNamed && !isDocument ? `the name ends in .${extension}` : null;
  },
  read,
};
