import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { WritingShape } from '../../core/writing';
import { readTable } from '../read';
import { toConversations } from './conversations';
import { guessShape, refuseChat } from './shape';
import { chat, jsonl, tableOf } from './testRows';

const columns = (prompt: string, completion: string, system = ''): WritingShape => ({
  kind: 'columns',
  ...{ system, prompt, completion },
});

describe('the shape is guessed from names and rows, with the reason', () => {
  it.each<[string, string, WritingShape, string, RegExp]>([
    [
      'prompt and completion',
      'id,prompt,completion\n1,hi,hello\n2,bye,goodbye\n',
      columns('{{prompt}}', '{{completion}}'),
      'prompt and completion',
      /“prompt” and “completion” are usual names/,
    ],
    [
      'instruction, input, output',
      'instruction,input,output\nAdd,1 2,three\nName a colour,,blue\n',
      columns('{{instruction}}\n\n{{input}}', '{{output}}'),
      'instruction',
      /“instruction”, “input” and “output” are usual names for an instruction, its input/,
    ],
    [
      'a system column',
      'system,question,answer\nBe brief,Why?,So.\nBe long,How?,Thus.\n',
      columns('{{question}}', '{{answer}}', '{{system}}'),
      'prompt and completion',
      /usual names/,
    ],
    [
      'fields and a text',
      'name,colour,description\nLamp,red,A red lamp\nMug,blue,A blue mug\n',
      columns('name: {{name}}\ncolour: {{colour}}', '{{description}}'),
      'fields and text',
      /“description” is a usual name.*other columns/,
    ],
    [
      'unusual names',
      'n,frage,antwort\n1,Wo ist mein Paket heute?,Es kommt morgen bei Ihnen an.\n2,Wann kommt es denn?,Am Montag.\n',
      columns('{{frage}}', '{{antwort}}'),
      'prompt and completion',
      /two columns with the longest texts, in the order of the file: “frage”, then “antwort”/,
    ],
  ])('%s', async (_, text, shape, name, says) => {
    const guess = guessShape(await tableOf(text, 'a.csv'));
    expect(guess).toMatchObject({ shape, name });
    expect(guess.reason).toMatch(says);
  });

  it('chat rows, however the column is called', async () => {
    const rows = [chat('a', 'b'), chat('c', 'd')].map(({ messages }) => ({ id: 'x', dialog: messages }));
    expect(guessShape(await jsonl(rows))).toEqual({
      shape: { kind: 'chat', column: 'dialog' },
      name: 'chat',
      reason: '“dialog” holds lists of messages in 2 of 2 rows looked at',
    });
  });

  it('a file of messages is chat, even where none can be used', async () => {
    expect(guessShape(await jsonl([{ messages: 'a' }, { messages: 'b' }])).name).toBe('chat');
  });

  it('says what is missing', async () => {
    expect(guessShape(await tableOf('text\nhello\nworld\n', 'a.csv'))).toMatchObject({
      shape: null,
      reason: expect.stringMatching(/1 column holds text; one to ask with/),
    });
    const one = '{"messages": [{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}';
    expect(guessShape(await tableOf(`\n${one}`, 'a.json'))).toMatchObject({
      shape: null,
      reason: expect.stringMatching(/each row is one message/),
    });
  });
});

describe('templates of columns', () => {
  const fill = async (text: string, shape: WritingShape) =>
    toConversations(await tableOf(text, 'a.csv'), shape);

  it('leaves out lines and paragraphs without a cell, and reads cells as text', async () => {
    const shape = columns(
      'Task: {{ a }}\n\nInput:\n{{b}}\n\nsize: {{c}}\ncolour: {{d}}\n\nAnswer:',
      '{{e}}',
      'You are {{a}}.',
    );
    const { conversations } = await fill('a,b,c,d,e\n{{b}},,,red,x\n"two\nlines",in,S,,y\n', shape);
    expect(conversations.map(({ turns }) => turns.map(({ content }) => content))).toEqual([
      ['You are {{b}}.', 'Task: {{b}}\n\ncolour: red\n\nAnswer:', 'x'],
      ['You are two\nlines.', 'Task: two\nlines\n\nInput:\nin\n\nsize: S\n\nAnswer:', 'y'],
    ]);
  });

  it('rejects rows with nothing to ask or to learn, with line and reason', async () => {
    const { conversations, rejected } = await fill('q,a\n1,2\n ,2\n1,\n1,2,3\n', columns('{{q}}', '{{a}}'));
    expect(conversations).toHaveLength(1);
    expect(rejected.map(({ line, code }) => [line, code])).toEqual([
      [3, 'empty-prompt'],
      [4, 'empty-completion'],
      [5, 'too-many-fields'],
    ]);
  });

  it('a fixed system text stands before every row', async () => {
    const { conversations } = await fill('q,a\n1,2\n', columns('{{q}}', '{{a}}', 'Be kind.'));
    expect(conversations[0]?.turns[0]).toEqual({ role: 'system', content: 'Be kind.' });
  });

  it('names a column that is not there, and a template without one', async () => {
    const error = await fill('q,a\n1,2\n', columns('{{question}}', '{{a}}')).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'unknown-column', details: { column: 'question', field: 'prompt' } });
    expect(error.message).toBe('The prompt names a column “question”; the file has “q” and “a”.');
    await expect(fill('q,a\n1,2\n', columns('{{q}}', 'yes'))).rejects.toMatchObject({ code: 'bad-setting' });
  });
});

describe('refuseChat, until there is a page for writing', () => {
  it('names the first chat row', async () => {
    const table = await jsonl([{ id: 'no messages here' }, chat('hi', 'yo')]);
    expect(() => refuseChat(table, 'a.jsonl')).toThrow(/a.jsonl holds chat messages \(line 2\).*comes later/);
  });

  it('leaves files alone that can be classified', async () => {
    const rows = [{ ...chat('a', 'b'), text: 'x', label: 'y' }];
    const table = await jsonl([...rows, ...rows]);
    expect(() => refuseChat(table, 'a.jsonl')).not.toThrow();
  });
});

const DATA = resolve(import.meta.dirname, '../../../../../shared/data/generate');
const isHere = existsSync(DATA);

describe.skipIf(!isHere)(`public files${isHere ? '' : ` (skipped: ${DATA} is missing)`}`, () => {
  it.each([
    ['e2e_nlg/devset.csv', columns('{{mr}}', '{{ref}}'), 4672],
    ['gsm8k/test.jsonl', columns('{{question}}', '{{answer}}'), 1319],
    ['support_replies/reply_pairs_derived.jsonl', columns('{{prompt}}', '{{completion}}'), 51_542],
  ])('%s', async (path, shape, rows) => {
    const table = await readTable(readFileSync(resolve(DATA, path)), path, null, () => {});
    expect(guessShape(table).shape).toEqual(shape);
    const { conversations, rejected } = toConversations(table, shape);
    expect(conversations.length + rejected.length).toBe(rows);
  });
});
