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

const STRING = /"(?:[^"\\\p{Cc}]+|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** Offset after a string, number or literal at `at`; -1 where there is none. */
function scalarEnd(text: string, at: number): number {
  const char = text[at] ?? '';
  if (char === '"') return match(STRING, text, at);
  return match(/[-\d]/.test(char) ? NUMBER : LITERAL, text, at);
}

type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'after-value';

/**
 * The offset of the first character that breaks the grammar of RFC 8259, text.length when the text stops too
 * early, or null when it is valid. JSON.parse does not say the place in every browser.
 */
export function findSyntaxError(text: string): number | null {
  const open: ('[' | '{')[] = [];
  let expected: Expected = 'value';
  let i = skipJsonSpace(text, 0);
  while (i < text.length) {
    const char = text[i] as string;
    const top = open.at(-1);
    if (expected === 'after-value') {
      if (top === undefined) return i;
      if (char === ',') expected = top === '{' ? 'key' : 'value';
      else if (char === (top === '{' ? '}' : ']')) open.pop();
      else return i;
      i++;
    } else if (expected.endsWith('or-end') && char === (top === '{' ? '}' : ']')) {
      open.pop();
      expected = 'after-value';
      i++;
    } else if (expected === 'key' || expected === 'key-or-end') {
      const end = char === '"' ? match(STRING, text, i) : -1;
      if (end === -1) return i;
      i = skipJsonSpace(text, end);
      if (text[i] !== ':') return i;
      expected = 'value';
      i++;
    } else if (char === '[' || char === '{') {
      open.push(char);
      expected = char === '{' ? 'key-or-end' : 'value-or-end';
      i++;
    } else {
      const end = scalarEnd(text, i);
      if (end === -1) return i;
      expected = 'after-value';
      i = end;
    }
    i = skipJsonSpace(text, i);
  }
  return expected === 'after-value' && open.length === 0 ? null : text.length;
}

function skipJsonSpace(text: string, at: number): number {
  let i = at;
  for (let char = text[i]; char === ' ' || char === '\n' || char === '\r' || char === '\t'; char = text[i])
    i++;
  return i;
}
