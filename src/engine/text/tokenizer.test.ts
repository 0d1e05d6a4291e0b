/** Token ids against transformers (reference/golden_encoder.py), cutting, and what is refused. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import golden from '../golden/encoder.json';
import { SPECIAL, wordPiece } from '../testing/wordPiece';
import { loadTokenizer } from './tokenizer';

const FOLDER = 'public/models/minilm-l6-en';
const parsed = (name: string): unknown => JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8'));
const tokenizer = loadTokenizer(parsed('tokenizer.json'), parsed('tokenizer_config.json'));
const [CLS, SEP] = [2, 3];

describe('the built-in model’s tokenizer', () => {
  test.each(golden.texts.map((text, row) => ({ row, text })))(
    'text $row as transformers',
    ({ row, text }) => {
      const length = golden.attention_mask[row]?.reduce((a, b) => a + b, 0) ?? 0;
      const { ids } = tokenizer.encode(text, golden.max_length);
      expect([...ids]).toEqual(golden.input_ids[row]?.slice(0, length));
    },
  );

  test('pads with the id that the golden batch is padded with', () => {
    expect(tokenizer.padding.id).toBe(golden.input_ids[0]?.at(-1));
  });

  test('reads a long text whole when there is room', () => {
    const { text, ids } = golden.untruncated;
    const own = tokenizer.encode(golden.texts[text] as string, 10_000);
    expect([...own.ids]).toEqual(ids);
    expect(own.fullLength).toBe(ids.length);
  });

  test.each([8, 9, 64])('cuts to %i tokens, counts them all and keeps the closing one', (maxLength) => {
    const { text, ids } = golden.untruncated;
    const cut = tokenizer.encode(golden.texts[text] as string, maxLength);
    expect([...cut.ids]).toEqual([...ids.slice(0, maxLength - 1), SEP]);
    expect(cut.fullLength).toBe(ids.length);
  });

  test('leaves a text of exactly the limit alone', () => {
    const { ids } = tokenizer.encode('ok', 3);
    expect([ids[0], ids[2], ids.length]).toEqual([CLS, SEP, 3]);
  });

  test('a text of 100,000 characters costs no more than its beginning', () => {
    const { ids, fullLength } = tokenizer.encode('ok '.repeat(34_000), 16);
    const ok = tokenizer.encode('ok', 16).ids[1];
    expect([...ids]).toEqual([CLS, ...new Array(14).fill(ok), SEP]);
    expect(fullLength).toBeGreaterThan(512);
  });
});

test.each([
  ['no object', null],
  ['no model', { version: '1.0' }],
  ['a vocabulary that is no list of words', { model: { type: 'WordPiece', vocab: 7 } }],
])('refuses %s as a tokenizer', (_, file) => {
  expect(() => loadTokenizer(file, {})).toThrow('tokenizer.json is not a tokenizer file Hone can read.');
});

test.each([
  ['the token that closes every text', { pad_token: '[SEP]' }, { id: 0, token: '[PAD]' }],
  ['a token that is not there', { pad_token: '<none>' }, { id: 0, token: '[PAD]' }],
  ['a token told with its ways', { pad_token: { content: '[MASK]' } }, { id: 4, token: '[MASK]' }],
])('padding, where the files name %s', (_, config, padding) => {
  expect(loadTokenizer(wordPiece([...SPECIAL, 'a']), config).padding).toEqual(padding);
});

test('a tokenizer without any special token has none for padding', () => {
  const file = { ...wordPiece([...SPECIAL.map((word) => word.toLowerCase()), 'a']), added_tokens: [] };
  expect(loadTokenizer({ ...file, post_processor: null }, {}).padding).toEqual({ id: 0, token: null });
});
