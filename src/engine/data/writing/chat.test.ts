import { describe, expect, it } from 'vitest';
import { CHAT_ERRORS, type ChatErrorCode } from './chat';
import { toConversations } from './conversations';
import { chat, jsonl, tableOf } from './testRows';

const SHAPE = { kind: 'chat', column: 'messages' } as const;
const user = { role: 'user', content: 'Where is it?' };
const assistant = { role: 'assistant', content: 'On its way.' };

const read = async (...rows: unknown[]) => toConversations(await jsonl([chat('a', 'b'), ...rows]), SHAPE);

interface Fixture {
  code: ChatErrorCode;
  row: unknown;
  field: string;
  says: RegExp;
}

/** One file of two rows for each name: a good one and the one that is meant. */
const NAMED: Fixture[] = [
  { code: 'data_type', row: ['user', 'assistant'], field: '', says: /is a list, an object expected/ },
  { code: 'missing_messages_list', row: { text: 'x' }, field: 'messages', says: /“messages” is missing/ },
  {
    code: 'message_missing_key',
    row: { messages: [{ content: 'x' }, assistant] },
    field: 'messages[0].role',
    says: /“messages\[0\].role” is missing, and 1 more error/,
  },
  {
    code: 'message_unrecognized_key',
    row: { messages: [user, { ...assistant, mood: 'kind' }] },
    field: 'messages[1].mood',
    says: /is no known field/,
  },
  {
    code: 'unrecognized_role',
    row: { messages: [{ role: 'developer', content: 'x' }, user, assistant] },
    field: 'messages[0].role',
    says: /is “developer”.*Write “system”/,
  },
  {
    code: 'missing_content',
    row: { messages: [user, { role: 'assistant', content: '' }] },
    field: 'messages[1].content',
    says: /“messages\[1\].content” is empty/,
  },
  {
    code: 'example_missing_assistant_message',
    row: { messages: [user] },
    field: 'messages',
    says: /holds no message with the role “assistant”/,
  },
];

describe('the seven named errors', () => {
  it.each(NAMED)('$code: line, field and the way out', async ({ code, row, field, says }) => {
    const { conversations, rejected, problems } = await read(row);
    expect(conversations).toHaveLength(1);
    expect(rejected).toMatchObject([{ line: 2, code }]);
    expect(rejected[0]?.reason).toMatch(says);
    expect(problems).toContainEqual({ code, ...CHAT_ERRORS[code], count: 1, line: 2, field });
  });

  it('counts every message, names the first place, and keeps the other rows', async () => {
    const bad = { messages: [{ role: 'bot', content: 'x' }, { role: 'bot', content: 'y' }, assistant] };
    const { conversations, rejected, problems } = await read(bad, chat('c', 'd'), bad);
    expect(conversations.map(({ row }) => row)).toEqual([0, 2]);
    expect(rejected.map(({ line }) => line)).toEqual([2, 4]);
    expect(problems).toMatchObject([
      { code: 'unrecognized_role', count: 4, line: 2, field: 'messages[0].role' },
    ]);
  });
});

describe('what is no plain text is refused row by row', () => {
  const call = { name: 'track', arguments: '{}' };
  it.each<[string, unknown, ChatErrorCode, RegExp]>([
    ['a function call', { ...assistant, content: null, function_call: call }, 'tool_call', /function_call/],
    ['tool calls', { ...assistant, tool_calls: [call] }, 'message_unrecognized_key', /is a tool call/],
    [
      'parts',
      { role: 'assistant', content: [{ type: 'text', text: 'x' }] },
      'missing_content',
      /list of parts/,
    ],
    ['blanks', { role: 'assistant', content: ' \n' }, 'missing_content', /is blank/],
    ['a weight', { ...assistant, weight: 0 }, 'message_weight', /weight” is 0/],
    ['text instead of a message', 'hello', 'message_missing_key', /is a string, an object expected/],
  ])('%s', async (_, message, code, says) => {
    const { rejected } = await read({ messages: [user, message, assistant] });
    expect(rejected).toMatchObject([{ code }]);
    expect(rejected[0]?.reason).toMatch(says);
  });

  it.each([['[]'], ['"text"'], ['{"role":"user"}'], ['null'], ['17']])(
    'messages that are %s',
    async (messages) => {
      const table = await tableOf(
        `{"messages":[${JSON.stringify(user)}],"x":"y"}\n{"messages":${messages}}`,
        'a.jsonl',
      );
      const { rejected } = toConversations(table, SHAPE);
      expect(rejected.map(({ code }) => code)).toEqual([
        'example_missing_assistant_message',
        'missing_messages_list',
      ]);
    },
  );
});

it('keeps contents exactly, leaves names and what follows the last answer out, and says so', async () => {
  const row = {
    messages: [{ ...user, name: 'Ann', content: ' {{x}} <b>\n' }, { ...assistant, weight: 1 }, user, user],
  };
  const { conversations, notes, rejected } = await read(row);
  expect(rejected).toEqual([]);
  expect(conversations[1]?.turns).toEqual([{ role: 'user', content: ' {{x}} <b>\n' }, assistant]);
  expect(notes).toEqual([
    '1 speaker’s name is left out.',
    '2 messages after the last answer of a conversation are left out.',
  ]);
});

it('broken lines of the file stay rejected with their own reason', async () => {
  const text = `${JSON.stringify(chat('a', 'b'))}\n{"messages": [\n${JSON.stringify(chat('c', 'd'))}`;
  const { conversations, rejected } = toConversations(await tableOf(text, 'a.jsonl'), SHAPE);
  expect(conversations).toHaveLength(2);
  expect(rejected).toMatchObject([{ line: 2, code: 'broken-json' }]);
});

it('half of a surrogate pair, which no text can hold, becomes U+FFFD', async () => {
  const text =
    '{"messages":[{"role":"user","content":"\\ud800"},{"role":"assistant","content":"ok"}]}\n'.repeat(2);
  const { conversations } = toConversations(await tableOf(text, 'a.jsonl'), SHAPE);
  expect(conversations[0]?.turns[0]?.content).toBe('\uFFFD');
});
