/** The one form that all data for writing takes: who said what, the last word being the model's to learn. */
import type { Example } from '../table';

export interface Turn {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** The last turn is the assistant's, and no content of it is empty. */
export interface Conversation {
  /** Index into Table.rows. */
  row: number;
  turns: readonly Turn[];
}

/** What the model is asked: all turns but the last, a line each. A single question stands for itself. */
export function promptOf({ turns }: Conversation): string {
  const asked = turns.slice(0, -1);
  const [only] = asked;
  if (asked.length === 1 && only?.role === 'user') return only.content;
  return asked.map(({ role, content }) => `${role}: ${content}`).join('\n');
}

/** What the model is to answer: the last turn. */
export function completionOf({ turns }: Conversation): string {
  return turns.at(-1)?.content ?? '';
}

/**
 * Conversations as examples whose text is the prompt and whose label is the completion, index by index: what splits
 * and checks need to know of a row.
 */
export function toPairs(conversations: readonly Conversation[], lines: readonly number[]): Example[] {
  return conversations.map((conversation) => ({
    row: conversation.row,
    line: lines[conversation.row] ?? 0,
    text: promptOf(conversation),
    label: completionOf(conversation),
  }));
}
