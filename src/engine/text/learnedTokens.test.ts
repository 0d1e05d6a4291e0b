import { describe, expect, it, test } from 'vitest';
import type { Conversation, Turn } from '../data/writing/conversation';
import golden from '../golden/writing.json';
import { chatTemplate } from './chatTemplate';
import { type LearnedRow, learnRow, learnRows, seenPieces } from './learnedTokens';
import { epochsFor, tokenBill } from './tokenBill';
import { loadWritingTokenizer } from './writingTokenizer';

const tokenizer = loadWritingTokenizer(golden.tokenizer, golden.tokenizer_config);
const chatml = chatTemplate(golden.templates[0]?.source ?? '', tokenizer.specials);
const WIDE = { maxLength: 10_000, completionOnly: true };

const ask = (...contents: string[]): Conversation => ({
  row: 7,
  turns: contents.map((content, i): Turn => ({ role: i % 2 === 0 ? 'user' : 'assistant', content })),
});

function learn(conversation: Conversation, settings = WIDE, template = tokenizer.template): LearnedRow {
  const learned = learnRow(conversation, template, tokenizer, settings);
  if ('example' in learned) return learned;
  throw new Error(learned.reason);
}

const textOf = ({ example }: LearnedRow, learned: 0 | 1): string =>
  tokenizer.decode([...example.ids].filter((_, i) => example.learned[i] === learned));

describe('what is learned', () => {
  it('the answer and the end of text, and nothing before', () => {
    const learned = learn(ask('Where is it?', 'On its way.'));
    expect(textOf(learned, 0)).toBe('User: Where is it?\nAssistant:\n');
    expect(textOf(learned, 1)).toBe(' On its way.</s>');
    expect(learned.example).toMatchObject({ row: 7, cut: 0 });
  });

  it('every answer of a conversation, with the end of each turn', () => {
    expect(textOf(learn(ask('Hi', 'Hello!', 'Bye', 'So long.'), WIDE, chatml), 1)).toBe(
      'Hello!<|im_end|>So long.<|im_end|>',
    );
  });

  it('everything but the first token, when not only the completion is wanted', () => {
    const { example } = learn(ask('Hi', 'Hello!'), { ...WIDE, completionOnly: false });
    expect([...example.learned].indexOf(0, 1)).toBe(-1);
    expect(example.learned[0]).toBe(0);
    expect(example.ids).toEqual(learn(ask('Hi', 'Hello!')).example.ids);
  });

  it('an end of text where the template ends answers with none', () => {
    const bare = chatTemplate('{% for m in messages %}{{ m.content }}\n{% endfor %}', tokenizer.specials);
    const learned = learn(ask('Hi', 'Hello!'), WIDE, bare);
    expect(tokenizer.decode([...learned.example.ids])).toBe('Hi\nHello!\n</s>');
    expect(textOf(learned, 1)).toBe('Hello!\n</s>');
  });

  it('the prompt is cut into tokens as it is when the model is asked', () => {
    const pressed = chatTemplate('{% for m in messages %}{{ m.content }}{% endfor %}', tokenizer.specials);
    // “th” is one token of this vocabulary, which would straddle question and answer.
    expect(tokenizer.encode('the').length).toBeLessThan(
      tokenizer.encode('t').length + tokenizer.encode('he').length,
    );
    const { example } = learn(ask('t', 'he'), WIDE, pressed);
    expect([...example.ids]).toEqual([...tokenizer.encode('t'), ...tokenizer.encode('he'), tokenizer.endId]);
    expect([...example.learned].indexOf(1)).toBe(1);
  });
});

describe('truncation', () => {
  const long = ask('Where is it?', 'On its way. '.repeat(20));
  const whole = learn(long).example;

  it('cuts the end and counts what is lost', () => {
    const { example } = learn(long, { ...WIDE, maxLength: 40 });
    expect(example.ids).toEqual(whole.ids.slice(0, 40));
    expect(example.cut).toBe(whole.ids.length - 40);
  });

  it('refuses a row of which nothing of the completion would be left', () => {
    const prompt = [...whole.learned].indexOf(1);
    expect(learn(long, { ...WIDE, maxLength: prompt + 1 }).example.learned.at(-1)).toBe(1);
    expect(learnRow(long, tokenizer.template, tokenizer, { ...WIDE, maxLength: prompt })).toEqual({
      row: 7,
      code: 'prompt-fills-window',
      reason: `its prompt has ${prompt} tokens and the window ${prompt}: nothing of the completion is left`,
    });
  });

  it('all rows end somewhere, and the losses are counted', () => {
    const refusing = chatTemplate(golden.templates[2]?.source ?? '', tokenizer.specials);
    const rows: Conversation[] = [
      ask('Hi', 'Hello!'),
      ask('Hi', 'Hello! '.repeat(60)),
      ask('Hi '.repeat(90), 'Hello!'),
      ask('x'.repeat(200_001), 'Hello!'),
      {
        row: 8,
        turns: [
          { role: 'user', content: 'a' },
          { role: 'system', content: 'b' },
          { role: 'assistant', content: 'c' },
        ],
      },
    ];
    const work = learnRows(rows, refusing, tokenizer, { ...WIDE, maxLength: 48 });
    let step = work.next();
    let yields = 0;
    for (; !step.done; step = work.next()) yields++;
    expect(yields).toBe(rows.length);
    const { examples, refused, cutRows, cutTokens } = step.value;
    expect(examples).toHaveLength(2);
    expect([cutRows, cutTokens]).toEqual([1, examples[1]?.cut]);
    expect(cutTokens).toBeGreaterThan(0);
    expect(refused.map(({ code }) => code)).toEqual([
      'prompt-fills-window',
      'row-too-long',
      'template-refused',
    ]);
  });

  it('a template that writes nothing of the answer gives nothing to learn', () => {
    const mute = chatTemplate('{{ messages[0].content }}', {});
    expect(learnRow(ask('Hi', 'Hello!'), mute, tokenizer, WIDE)).toMatchObject({
      code: 'answer-not-rendered',
    });
  });
});

describe('as the model sees it', () => {
  it.each(golden.conversations.slice(0, -1))('the pieces join to the text: %#', (...turns) => {
    const { example } = learn({ row: 0, turns: turns as Turn[] }, WIDE, chatml);
    const pieces = seenPieces(example, tokenizer.decode);
    expect(pieces.map(({ text }) => text).join('')).toBe(tokenizer.decode([...example.ids]));
    expect(pieces.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(example.ids.length);
    expect(pieces.some(({ text }) => text.includes('\uFFFD'))).toBe(false);
  });

  it('greys out what is only read', () => {
    const pieces = seenPieces(learn(ask('Hi', 'Hello 🎉')).example, tokenizer.decode);
    const joined = (learned: boolean) =>
      pieces
        .filter((piece) => piece.learned === learned)
        .map(({ text }) => text)
        .join('');
    expect(joined(true)).toBe(' Hello 🎉</s>');
    expect(joined(false)).toBe('User: Hi\nAssistant:\n');
  });
});

test('the token bill', () => {
  const examples = [4, 1, 9, 2].map((length, row) => ({
    row,
    ids: new Int32Array(length),
    learned: new Uint8Array(length).fill(1, 1),
    cut: 0,
  }));
  expect(tokenBill(examples)).toEqual({
    rows: 4,
    tokens: { total: 16, least: 1, mean: 4, median: 3, most: 9 },
    learnedTokens: 12,
  });
  expect(tokenBill(examples.slice(0, 3)).tokens.median).toBe(4);
  expect(tokenBill([]).tokens).toEqual({ total: 0, least: 0, mean: 0, median: 0, most: 0 });
});

test.each([
  [5, 20],
  [33, 3],
  [34, 3],
  [8333, 3],
  [8334, 2],
  [30_000, 1],
  [1, 25],
])('%i rows: %i epochs (trust.md 1.2.2)', (rows, epochs) => {
  expect(epochsFor(rows)).toBe(epochs);
});
