/** Bytes to text: which encoding, why, and what could not be decoded. */
import type { ImportOptions } from '../core/config';
import { emptyFile, refuseControlBytes, refuseUnreadable } from './binary';
import { plural } from './words';

type Encoding = ImportOptions['encoding'];

export interface Decoded {
  text: string;
  encoding: Encoding;
  /** Why this encoding, for display. */
  reason: string;
  notes: readonly string[];
}

/** Windows-1252 bytes 0x80-0x9F (WHATWG index); Node's own decoder reads them as Latin-1 controls. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** At least this many well-formed multi-byte characters per broken one: a damaged UTF-8 file, not Windows-1252. */
const UTF8_EVIDENCE = 20;

interface Guess {
  encoding: Encoding;
  reason: string;
  skip: number;
}

function fromMark(bytes: Uint8Array): Guess | null {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf)
    return { encoding: 'utf-8', reason: 'the file starts with the UTF-8 mark (BOM)', skip: 3 };
  if (a === 0xff && b === 0xfe)
    return { encoding: 'utf-16le', reason: 'the file starts with the UTF-16 LE mark (BOM)', skip: 2 };
  if (a === 0xfe && b === 0xff)
    return { encoding: 'utf-16be', reason: 'the file starts with the UTF-16 BE mark (BOM)', skip: 2 };
  return null;
}

/** UTF-16 without a mark: mostly Latin text has its NUL bytes all on one side. */
function fromNulPattern(bytes: Uint8Array): Guess | null {
  const seen = Math.min(bytes.length & ~1, 4096);
  if (seen < 4) return null;
  let even = 0;
  let odd = 0;
  for (let i = 0; i < seen; i += 2) {
    if (bytes[i] === 0) even++;
    if (bytes[i + 1] === 0) odd++;
  }
  const pairs = seen / 2;
  const reason = 'every other byte is zero, as in UTF-16 text without a mark';
  if (odd / pairs > 0.4 && even / pairs < 0.05) return { encoding: 'utf-16le', reason, skip: 0 };
  if (even / pairs > 0.4 && odd / pairs < 0.05) return { encoding: 'utf-16be', reason, skip: 0 };
  return null;
}

function decodeAs(bytes: Uint8Array, encoding: Encoding): string {
  const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes);
  if (encoding !== 'windows-1252') return text;
  return text.replace(/[\x80-\x9f]/g, (char) => WINDOWS_1252[char.charCodeAt(0) - 0x80] ?? char);
}

function strictUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function matches(text: string, pattern: RegExp): number {
  let count = 0;
  for (const _ of text.matchAll(pattern)) count++;
  return count;
}

function guessed(bytes: Uint8Array): Omit<Decoded, 'notes'> {
  const marked = fromMark(bytes) ?? fromNulPattern(bytes);
  if (marked !== null) return { ...marked, text: decodeAs(bytes.subarray(marked.skip), marked.encoding) };
  const text = strictUtf8(bytes);
  if (text !== null) return { text, encoding: 'utf-8', reason: 'every byte is valid UTF-8' };
  const lenient = decodeAs(bytes, 'utf-8');
  const broken = matches(lenient, /\uFFFD/g);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything beyond ASCII is meant
  const multibyte = matches(lenient, /[^\x00-\x7f\uFFFD]/g);
  if (multibyte >= UTF8_EVIDENCE * broken) {
    const reason = `${plural(multibyte, 'character')} beyond ASCII ${multibyte === 1 ? 'is' : 'are'} valid UTF-8, ${broken} broken`;
    return { text: lenient, encoding: 'utf-8', reason };
  }
  return {
    text: decodeAs(bytes, 'windows-1252'),
    encoding: 'windows-1252',
    reason: 'the bytes are not valid UTF-8, as in files from older Windows programs',
  };
}

/**
 * Decodes a file, with the encoding asked for or the one detected: BOM, else the NUL pattern of UTF-16, else
 * strict UTF-8, else Windows-1252. Throws an EngineError for empty, oversized and binary files (binary.ts).
 */
export function decodeFile(bytes: Uint8Array, name: string, encoding: Encoding | undefined): Decoded {
  refuseUnreadable(bytes, name);
  const found = guessed16or8(bytes, name, encoding);
  const notes: string[] = [];
  const text = found.text.startsWith('\uFEFF') ? found.text.slice(1) : found.text;
  if (text.trim() === '') throw emptyFile(name);
  const broken = text.includes('\uFFFD') ? matches(text, /\uFFFD/g) : 0;
  if (broken > 0)
    notes.push(
      `${plural(broken, 'character')} could not be read as ${found.encoding.toUpperCase()} and ${broken === 1 ? 'shows' : 'show'} as “\uFFFD”.`,
    );
  const nuls = text.includes('\0') ? matches(text, /\0/g) : 0;
  if (nuls > 0)
    notes.push(`${plural(nuls, 'NUL character')} found and kept; the tokenizer passes over them.`);
  return { text, encoding: found.encoding, reason: found.reason, notes };
}

function guessed16or8(
  bytes: Uint8Array,
  name: string,
  encoding: Encoding | undefined,
): Omit<Decoded, 'notes'> {
  const wide = fromMark(bytes) ?? fromNulPattern(bytes);
  if (encoding === undefined) {
    if (wide === null) refuseControlBytes(bytes, name);
    return guessed(bytes);
  }
  const skip = wide?.encoding === encoding ? wide.skip : 0;
  return { text: decodeAs(bytes.subarray(skip), encoding), encoding, reason: 'chosen by you' };
}
