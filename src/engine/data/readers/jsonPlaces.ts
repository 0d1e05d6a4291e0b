/** Where things stand in JSON text: the values of a container, their lines, and the first syntax error. */

function skipSpace(text: string, at: number): number {
  let i = at;
  for (let code = text.charCodeAt(i); code === 32 || (code >= 9 && code <= 13); code = text.charCodeAt(i))
    i++;
  return i;
}

/** The offset after the string that opens at `at`. */
function skipString(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text[end - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return end + 1;
  }
  return text.length;
}

/** The offset after the value that starts at `at`. The text is valid JSON. */
function skipValue(text: string, at: number): number {
  let depth = 0;
  let i = at;
  while (i < text.length) {
    const char = text[i];
    if (char === '"') i = skipString(text, i);
    else {
      if (char === '[' || char === '{') depth++;
      else if (char === ']' || char === '}') depth--;
      if (depth < 0) return i;
      i++;
    }
    const next = text[i];
    if (depth === 0 && (char === '"' || char === ']' || char === '}' || next === ',')) return i;
  }
  return i;
}

/** A value of an array or object: its key ('' in arrays) and the offset where it starts. */
export interface Place {
  key: string;
  offset: number;
}

/** The values of the array or object that opens at the first bracket from `at` on. The text is valid JSON. */
export function valuesFrom(text: string, at: number): readonly Place[] {
  const places: Place[] = [];
  const open = skipSpace(text, at);
  const isObject = text[open] === '{';
  let i = skipSpace(text, open + 1);
  while (i < text.length && text[i] !== ']' && text[i] !== '}') {
    let key = '';
    if (isObject) {
      const end = skipString(text, i);
      key = JSON.parse(text.slice(i, end)) as string;
      i = skipSpace(text, skipSpace(text, end) + 1);
    }
    places.push({ key, offset: i });
    i = skipSpace(text, skipValue(text, i));
    if (text[i] === ',') i = skipSpace(text, i + 1);
  }
  return places;
}

/** 1-based lines of ascending offsets. */
export function linesOf(text: string, places: readonly Place[]): number[] {
  let line = 1;
  let feed = text.indexOf('\n');
  return places.map(({ offset }) => {
    while (feed !== -1 && feed < offset) {
      line++;
      feed = text.indexOf('\n', feed + 1);
    }
    return line;
  });
}

const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** Offset after the string at `at`; -1 where none starts or it breaks the grammar. */
function stringEnd(text: string, at: number): number {
  if (text[at] !== '"') return -1;
  for (let i = at + 1; i < text.length; ) {
    const char = text[i] as string;
    if (char === '"') return i + 1;
    if (char < ' ') return -1;
    i = char === '\\' ? match(ESCAPE, text, i) : i + 1;
    if (i === -1) return -1;
  }
  return -1;
}

/** Offset after a string, number or literal at `at`; -1 where there is none. */
function scalarEnd(text: string, at: number): number {
  const char = text[at] ?? '';
  if (char === '"') return stringEnd(text, at);
  return match(/[-\d]/.test(char) ? NUMBER : LITERAL, text, at);
}

type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'after-value';

/** Where a walk over JSON text stands: open brackets, what must come next, and the offset. */
interface Walk {
  open: ('[' | '{')[];
  expected: Expected;
  at: number;
}

function closes(walk: Walk, char: string): boolean {
  const top = walk.open.at(-1);
  if (top === undefined || char !== (top === '{' ? '}' : ']')) return false;
  walk.open.pop();
  walk.expected = 'after-value';
  walk.at++;
  return true;
}

function takeComma(walk: Walk, char: string): boolean {
  if (char !== ',' || walk.open.length === 0) return false;
  walk.expected = walk.open.at(-1) === '{' ? 'key' : 'value';
  walk.at++;
  return true;
}

function takeKey(walk: Walk, text: string): boolean {
  const end = stringEnd(text, walk.at);
  if (end === -1) return false;
  walk.at = skipJsonSpace(text, end);
  if (text[walk.at] !== ':') return false;
  walk.expected = 'value';
  walk.at++;
  return true;
}

function takeValue(walk: Walk, text: string, char: string): boolean {
  if (char === '[' || char === '{') {
    walk.open.push(char);
    walk.expected = char === '{' ? 'key-or-end' : 'value-or-end';
    walk.at++;
    return true;
  }
  const end = scalarEnd(text, walk.at);
  if (end === -1) return false;
  walk.expected = 'after-value';
  walk.at = end;
  return true;
}

/** One token further, or false where the grammar breaks. */
function advance(walk: Walk, text: string): boolean {
  const char = text[walk.at] ?? '';
  switch (walk.expected) {
    case 'after-value':
      return takeComma(walk, char) || closes(walk, char);
    case 'key':
      return takeKey(walk, text);
    case 'key-or-end':
      return closes(walk, char) || takeKey(walk, text);
    case 'value':
      return takeValue(walk, text, char);
    case 'value-or-end':
      return closes(walk, char) || takeValue(walk, text, char);
    default:
      return walk.expected satisfies never;
  }
}

/**
 * The offset of the first character that breaks the grammar of RFC 8259, text.length when the text stops too
 * early, or null when it is valid. JSON.parse does not say the place in every browser.
 */
export function findSyntaxError(text: string): number | null {
  const walk: Walk = { open: [], expected: 'value', at: skipJsonSpace(text, 0) };
  while (walk.at < text.length) {
    if (!advance(walk, text)) return walk.at;
    walk.at = skipJsonSpace(text, walk.at);
  }
  return walk.expected === 'after-value' && walk.open.length === 0 ? null : text.length;
}

function skipJsonSpace(text: string, at: number): number {
  let i = at;
  for (let char = text[i]; char === ' ' || char === '\n' || char === '\r' || char === '\t'; char = text[i])
    i++;
  return i;
}
