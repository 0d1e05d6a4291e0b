/**
 * Chat rows: `messages` with roles. The seven named errors are those of OpenAI's Chat_finetuning_data_prep.ipynb
 * (trust.md 1.1), counted as there: once for each message they are found in.
 */
import { isObject, type JsonObject, kindOf, wellFormed } from '../readers/jsonRows';
import { cut } from '../words';
import type { Turn } from './conversation';

/** What each error means, and the way out. The last two are Hone's own: what it does not learn from. */
export const CHAT_ERRORS = {
  data_type: {
    title: 'The row is not an object',
    hint: 'Write each row as an object: {"messages": [{"role": "user", "content": "…"}, …]}.',
  },
  missing_messages_list: {
    title: 'The row has no list of messages',
    hint: 'Give the row a list “messages” with at least a question and an answer.',
  },
  message_missing_key: {
    title: 'A message lacks its role or its content',
    hint: 'Give every message both: {"role": "user", "content": "…"}.',
  },
  message_unrecognized_key: {
    title: 'A message has a field that is not known',
    hint: 'Keep “role”, “content” and, where wanted, “name” and “weight”; take out the rest.',
  },
  unrecognized_role: {
    title: 'A message has a role that is not known',
    hint: 'The roles are “system”, “user” and “assistant”. Write “system” for “developer”.',
  },
  missing_content: {
    title: 'A message has no text as its content',
    hint: 'Write the text as a string: {"role": "user", "content": "…"}.',
  },
  example_missing_assistant_message: {
    title: 'No message is the assistant’s',
    hint: 'Add the answer to be learned: {"role": "assistant", "content": "…"}.',
  },
  tool_call: {
    title: 'A message calls a function or gives its result',
    hint: 'Hone learns to write text, not to call tools: take these conversations out, or rewrite them as text.',
  },
  message_weight: {
    title: 'A message is weighted',
    hint: 'Hone learns from every answer of a conversation: take the answers not to be learned from out of the file.',
  },
} as const;
export type ChatErrorCode = keyof typeof CHAT_ERRORS;

export interface ChatError {
  code: ChatErrorCode;
  /** 'messages[1].content' */
  field: string;
  /** 'is empty' */
  reason: string;
}

export interface ChatRow {
  turns: readonly Turn[];
  errors: readonly ChatError[];
  /** Messages whose `name` is left out. */
  named: number;
  /** Messages after the last answer, which are left out: nothing is to be learned there. */
  after: number;
}

const KNOWN_KEYS = new Set(['role', 'content', 'name', 'function_call', 'weight']);
const KNOWN_ROLES = new Set<unknown>(['system', 'user', 'assistant', 'function']);
const TOOL_KEYS = ['tool_calls', 'tool_call_id', 'function_call'];

function contentProblem(content: unknown): string {
  if (content === '') return 'is empty';
  if (Array.isArray(content)) return 'is a list of parts, a text expected';
  return content === undefined ? 'is missing' : `is ${kindOf(content)}, a text expected`;
}

/** The checks of the notebook in its order, then Hone's own. */
function messageErrors(message: JsonObject, at: string): ChatError[] {
  const errors: ChatError[] = [];
  const add = (code: ChatErrorCode, key: string, reason: string): void => {
    errors.push({ code, field: `${at}.${key}`, reason });
  };
  const { role, content, weight } = message;
  const call = message.function_call ?? null;
  const missing = ['role', 'content'].find((key) => !(key in message));
  if (missing !== undefined) add('message_missing_key', missing, 'is missing');
  const unknown = Object.keys(message).find((key) => !KNOWN_KEYS.has(key));
  if (unknown !== undefined) {
    const reason = TOOL_KEYS.includes(unknown) ? 'is a tool call' : 'is no known field';
    add('message_unrecognized_key', unknown, reason);
  }
  if (!KNOWN_ROLES.has(role)) {
    add('unrecognized_role', 'role', typeof role === 'string' ? `is “${cut(role, 40)}”` : 'is missing');
  }
  const isText = typeof content === 'string';
  if (!isText || (content === '' && call === null)) {
    add('missing_content', 'content', contentProblem(content));
  }
  if (call !== null || role === 'function') {
    add('tool_call', call === null ? 'role' : 'function_call', 'is for a tool');
  }
  if (weight !== undefined && weight !== 1) add('message_weight', 'weight', `is ${JSON.stringify(weight)}`);
  // White space alone is a text to the notebook, and nothing to learn from or to ask.
  if (isText && content !== '' && content.trim() === '') add('missing_content', 'content', 'is blank');
  return errors;
}

function parse(cell: string): unknown {
  try {
    return JSON.parse(cell);
  } catch {
    return cell;
  }
}

/** Reads the cell of the messages column; with errors, the row is not to be used. */
export function readMessages(cell: string, column: string): ChatRow {
  const none = { turns: [], named: 0, after: 0 };
  const messages = cell === '' ? undefined : parse(cell);
  if (!Array.isArray(messages) || messages.length === 0) {
    const reason =
      messages === undefined
        ? 'is missing'
        : Array.isArray(messages)
          ? 'is empty'
          : `is ${kindOf(messages)}, a list expected`;
    return { ...none, errors: [{ code: 'missing_messages_list', field: column, reason }] };
  }
  const errors = messages.flatMap((message: unknown, i): ChatError[] => {
    const field = `${column}[${i}]`;
    if (isObject(message)) return messageErrors(message, field);
    return [{ code: 'message_missing_key', field, reason: `is ${kindOf(message)}, an object expected` }];
  });
  const objects = messages.filter(isObject);
  const last = objects.findLastIndex(({ role }) => role === 'assistant');
  if (last === -1) {
    const reason = 'holds no message with the role “assistant”';
    errors.push({ code: 'example_missing_assistant_message', field: column, reason });
  }
  if (errors.length > 0) return { ...none, errors };
  const turns = objects.slice(0, last + 1).map(({ role, content }) => ({
    role: role as Turn['role'],
    content: wellFormed(content as string),
  }));
  const named = objects.filter(({ name }) => name !== undefined).length;
  return { turns, errors, named, after: objects.length - 1 - last };
}
