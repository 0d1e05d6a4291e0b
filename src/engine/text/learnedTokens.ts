/** Conversations to the tokens a model learns from, and those tokens as a person reads them. */
import { EngineError } from '../core/errors';
import type { Conversation } from '../data/writing/conversation';
import type { CausalExample } from './causal';
import type { ChatTemplate, RenderedChat } from './chatTemplate';
import type { WritingTokenizer } from './writingTokenizer';

/** A longer row fits no window that a browser trains, and takes long to tokenize. */
const LONGEST_ROW = 200_000;

export interface LearningSettings {
  /** The window in tokens; what is beyond it is cut from the end. */
  maxLength: number;
  /** Learn the assistant's words alone, or the whole text. */
  completionOnly: boolean;
}

/** A row that gives nothing to learn. */
export interface RefusedRow {
  /** Index into Table.rows. */
  row: number;
  code: 'prompt-fills-window' | 'row-too-long' | 'template-refused' | 'answer-not-rendered';
  /** 'its prompt has 300 tokens and the window 256: nothing of the completion is left' */
  reason: string;
}

export interface LearnedRow {
  example: CausalExample;
  /** Earlier answers are read and not learned: the template does not keep them. */
  lastOnly: boolean;
}

export interface LearnedSet {
  examples: readonly CausalExample[];
  refused: readonly RefusedRow[];
  /** Rows that lose tokens at their end, and how many they lose in all. */
  cutRows: number;
  cutTokens: number;
  /** Rows of which the last answer alone is learned. */
  lastOnlyRows: number;
}

/** Ids, and for each whether it belongs to an answer. */
interface Marked {
  ids: number[];
  answer: boolean[];
}

const startsWith = (ids: readonly number[], start: readonly number[]): boolean =>
  start.every((id, i) => ids[i] === id);

/**
 * Tokens piece by piece. Where the text up to a boundary, tokenized with what follows, gives the same beginning, the
 * ids are those of the whole text. Where a token would straddle it, the pieces stand alone: so the model is asked,
 * with the prompt cut before it answers.
 */
function markTokens({ text, answers }: RenderedChat, encode: WritingTokenizer['encode']): Marked {
  const marked: Marked = { ids: [], answer: [] };
  const take = (end: number, start: number, isAnswer: boolean): void => {
    if (end <= start) return;
    const whole = encode(text.slice(0, end));
    const fits = startsWith(whole, marked.ids);
    const fresh = fits ? whole.slice(marked.ids.length) : encode(text.slice(start, end));
    for (const id of fresh) {
      marked.ids.push(id);
      marked.answer.push(isAnswer);
    }
  };
  let at = 0;
  for (const { start, end } of answers) {
    take(start, at, false);
    take(end, start, true);
    at = end;
  }
  take(text.length, at, false);
  return marked;
}

/** An answer that no special token ends gets the end of text, or the model would never learn to stop. */
function withEnd({ ids, answer }: Marked, { endId, isSpecial }: WritingTokenizer): Marked {
  const last = answer.lastIndexOf(true);
  const closing = ids[last];
  if (closing === undefined || endId === null || isSpecial(closing) || closing === endId)
    return { ids, answer };
  return { ids: [...ids.slice(0, last + 1), endId], answer: [...answer.slice(0, last + 1), true] };
}

function render(template: ChatTemplate, { turns }: Conversation): RenderedChat | string {
  try {
    return template.renderAnswers(turns);
  } catch (error) {
    if (error instanceof EngineError && error.code === 'template-refused') return error.message;
    throw error;
  }
}

/** One conversation, or why it cannot be learned from. @throws bad-chat-template */
export function learnRow(
  conversation: Conversation,
  template: ChatTemplate,
  tokenizer: WritingTokenizer,
  { maxLength, completionOnly }: LearningSettings,
): LearnedRow | RefusedRow {
  const { row } = conversation;
  const rendered = render(template, conversation);
  if (typeof rendered === 'string') return { row, code: 'template-refused', reason: rendered };
  if (rendered.text.length > LONGEST_ROW) {
    const reason = `has ${rendered.text.length.toLocaleString('en-US')} characters; at most ${LONGEST_ROW.toLocaleString('en-US')} are read`;
    return { row, code: 'row-too-long', reason };
  }
  const { ids, answer } = withEnd(markTokens(rendered, tokenizer.encode), tokenizer);
  // Nothing stands before the first token to predict it from.
  const first = answer.indexOf(true, 1);
  if (first === -1) {
    const reason = 'the chat template writes nothing of the answer';
    return { row, code: 'answer-not-rendered', reason };
  }
  if (first >= maxLength) {
    const reason = `its prompt has ${first.toLocaleString('en-US')} tokens and the window ${maxLength.toLocaleString('en-US')}: nothing of the completion is left`;
    return { row, code: 'prompt-fills-window', reason };
  }
  const length = Math.min(ids.length, maxLength);
  const example: CausalExample = {
    row,
    ids: Int32Array.from(ids.slice(0, length)),
    learned: Uint8Array.from(answer.slice(0, length), (isAnswer, i) =>
      Number(i > 0 && (!completionOnly || isAnswer)),
    ),
    cut: ids.length - length,
  };
  return { example, lastOnly: rendered.lastOnly };
}

/** All conversations, yielding before each; every one ends in `examples` or in `refused`. @throws bad-chat-template */
export function* learnRows(
  conversations: readonly Conversation[],
  template: ChatTemplate,
  tokenizer: WritingTokenizer,
  settings: LearningSettings,
): Generator<void, LearnedSet> {
  const examples: CausalExample[] = [];
  const refused: RefusedRow[] = [];
  let lastOnlyRows = 0;
  for (const conversation of conversations) {
    yield;
    const learned = learnRow(conversation, template, tokenizer, settings);
    if ('example' in learned) {
      examples.push(learned.example);
      lastOnlyRows += Number(learned.lastOnly);
    } else refused.push(learned);
  }
  const cut = examples.filter((example) => example.cut > 0);
  const cutTokens = cut.reduce((sum, example) => sum + example.cut, 0);
  return { examples, refused, cutRows: cut.length, cutTokens, lastOnlyRows };
}

/** A token, or several that write one character together, as the model sees it. */
export interface SeenPiece {
  text: string;
  /** False for what is only read: greyed out. */
  learned: boolean;
  tokens: number;
}

/** Bytes of one character in UTF-8 are at most four, and so are the byte tokens that write it. */
const MOST_BYTES = 4;

/**
 * An example in pieces whose texts, joined, are the text of all its tokens. Each is decoded after the token before
 * it, because some tokenizers drop the space of a first word.
 */
export function seenPieces(
  { ids, learned }: Pick<CausalExample, 'ids' | 'learned'>,
  decode: WritingTokenizer['decode'],
): SeenPiece[] {
  const pieces: SeenPiece[] = [];
  for (let start = 0; start < ids.length; ) {
    const context = start === 0 ? [] : [...ids.subarray(start - 1, start)];
    const before = context.length === 0 ? '' : decode(context);
    let end = start;
    let text = '';
    do {
      end++;
      text = decode([...context, ...ids.subarray(start, end)]).slice(before.length);
    } while (
      text.endsWith('\uFFFD') &&
      end < ids.length &&
      end - start < MOST_BYTES &&
      learned[end] === learned[start]
    );
    pieces.push({ text, learned: learned[start] === 1, tokens: end - start });
    start = end;
  }
  return pieces;
}
