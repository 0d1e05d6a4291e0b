/** A first guess at the shape of data for writing, told as a guess and edited as a template. */
import { EngineError } from '../../core/errors';
import type { WritingShape } from '../../core/writing';
import { nameScore, type Profile, profile } from '../columns';
import { isObject } from '../readers/jsonRows';
import type { Table } from '../table';
import { listSome, plural } from '../words';

/** Usual names, the likeliest first. */
const PROMPT_NAMES =
  'prompt question instruction query input user request source mr message context text'.split(' ');
const COMPLETION_NAMES =
  'completion response answer output reply target assistant ref reference summary description'.split(' ');
const INPUT_NAMES = ['input', 'context'];
const SYSTEM_NAMES = ['system', 'system_prompt'];

const CHAT_ROWS_LOOKED_AT = 200;

export interface ShapeGuess {
  /** Null when no shape is plausible; `reason` always says why. */
  shape: WritingShape | null;
  /** What the shape is called. */
  name: 'chat' | 'instruction' | 'prompt and completion' | 'fields and text' | null;
  reason: string;
}

function isMessages(cell: string): boolean {
  if (!cell.trimStart().startsWith('[')) return false;
  try {
    const value: unknown = JSON.parse(cell);
    return Array.isArray(value) && value.length > 0 && value.every((one) => isObject(one) && 'role' in one);
  } catch {
    return false;
  }
}

/** Rows whose cell in this column is a list of messages, among the first. */
function countChats(table: Table, column: number): { looked: number; chats: number; first: number } {
  const looked = Math.min(table.rows.length, CHAT_ROWS_LOOKED_AT);
  const places = Array.from({ length: looked }, (_, row) => row).filter((row) =>
    isMessages(table.rows[row]?.[column] ?? ''),
  );
  return { looked, chats: places.length, first: places[0] ?? 0 };
}

function guessChat(table: Table): ShapeGuess | null {
  for (const [at, column] of table.columns.entries()) {
    const { looked, chats } = countChats(table, at);
    const isNamed = column === 'messages';
    if (chats === 0 ? !isNamed : chats < looked / 2 && !isNamed) continue;
    const reason = `“${column}” holds lists of messages in ${chats.toLocaleString('en-US')} of ${plural(looked, 'row')} looked at`;
    return { shape: { kind: 'chat', column }, name: 'chat', reason };
  }
  return null;
}

const placeholder = ({ name }: Profile): string => `{{${name}}}`;
const quoted = ({ name }: Profile): string => `“${name}”`;

function likeliest(profiles: readonly Profile[], usual: readonly string[]): Profile | undefined {
  const named = profiles.filter(({ name, filled }) => filled > 0 && nameScore(name, usual) > 0);
  return named.sort((a, b) => nameScore(b.name, usual) - nameScore(a.name, usual))[0];
}

const columnsShape = (system: Profile | undefined, prompt: string, completion: Profile): WritingShape => ({
  kind: 'columns',
  system: system === undefined ? '' : placeholder(system),
  prompt,
  completion: placeholder(completion),
});

/** The completion is named as usual; what is asked stands in one named column, or in all the others. */
function guessByName(profiles: readonly Profile[]): ShapeGuess | null {
  const completion = likeliest(profiles, COMPLETION_NAMES);
  if (completion === undefined) return null;
  const system = likeliest(
    profiles.filter((one) => one !== completion),
    SYSTEM_NAMES,
  );
  const others = profiles.filter((one) => one !== completion && one !== system && one.filled > 0);
  const prompt = likeliest(others, PROMPT_NAMES);
  if (prompt === undefined) {
    if (others.length === 0) return null;
    const [only] = others;
    const asked =
      others.length === 1 && only !== undefined
        ? placeholder(only)
        : others.map((one) => `${one.name}: ${placeholder(one)}`).join('\n');
    const reason = `${quoted(completion)} is a usual name for what is to be written; the other columns say what about`;
    return { shape: columnsShape(system, asked, completion), name: 'fields and text', reason };
  }
  const input = likeliest(
    others.filter((one) => one !== prompt),
    INPUT_NAMES,
  );
  if (nameScore(prompt.name, ['instruction']) > 0) {
    const asked = input === undefined ? [prompt] : [prompt, input];
    return {
      shape: columnsShape(system, asked.map(placeholder).join('\n\n'), completion),
      name: 'instruction',
      reason: `${listSome([...asked, completion].map(quoted))} are usual names for an instruction${input ? ', its input' : ''} and the output`,
    };
  }
  return {
    shape: columnsShape(system, placeholder(prompt), completion),
    name: 'prompt and completion',
    reason: `${quoted(prompt)} and ${quoted(completion)} are usual names for a prompt and its completion`,
  };
}

/** Without usual names: the two columns with the longest texts, in the order of the file. */
function guessByLength(profiles: readonly Profile[]): ShapeGuess {
  const texts = profiles
    .filter(({ filled, numeric }) => filled > 0 && numeric <= 0.5)
    .sort((a, b) => b.meanLength - a.meanLength)
    .slice(0, 2);
  const [prompt, completion] = profiles.filter((one) => texts.includes(one));
  if (prompt === undefined || completion === undefined) {
    const reason = `${plural(texts.length, 'column holds', 'columns hold')} text; one to ask with and one to answer with are needed`;
    return { shape: null, name: null, reason };
  }
  return {
    shape: columnsShape(undefined, placeholder(prompt), completion),
    name: 'prompt and completion',
    reason: `the two columns with the longest texts, in the order of the file: ${quoted(prompt)}, then ${quoted(completion)}`,
  };
}

/** Chat rows, an instruction with its output, a prompt with its completion, or fields with a text about them. */
export function guessShape(table: Table): ShapeGuess {
  const chat = guessChat(table);
  if (chat !== null) return chat;
  if (table.rows.length === 0) {
    return { shape: null, name: null, reason: 'no row could be read; see the rejected rows' };
  }
  const { columns } = table;
  if (columns.includes('role') && columns.includes('content')) {
    const reason =
      'each row is one message; a row must hold a whole conversation: {"messages": [{"role": "user", "content": "…"}, …]}';
    return { shape: null, name: null, reason };
  }
  const profiles = columns.map((_, column) => profile(table, column));
  return guessByName(profiles) ?? guessByLength(profiles);
}

/**
 * A chat file has nothing to classify by: `messages` and less than two columns beside it.
 *
 * @throws chat-data
 */
export function refuseChat(table: Table, name: string): void {
  const at = table.columns.indexOf('messages');
  if (at === -1 || table.columns.length > 2) return;
  const { chats, first } = countChats(table, at);
  if (chats === 0) return;
  const line = table.lines[first] ?? 1;
  throw new EngineError({
    code: 'chat-data',
    message: `${name} holds chat messages (line ${line}): data for text generation, which comes later.`,
    hint: 'To train a classifier, give each row a text and a label: {"text": "where is my card?", "label": "card_arrival"}.',
    details: { line },
  });
}
