/** Token ids of every family's tokenizers against transformers: reference/golden_tokenizers.py. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import golden from '../golden/tokenizers.json';
import { loadTokenizer } from './tokenizer';
import { loadWritingTokenizer } from './writingTokenizer';

const SHARED = '../shared/data';
const NAUGHTY = `${SHARED}/messy/naughty_strings/blns.json`;
/** Longer than any text here. */
const WHOLE = 100_000;

/** sentencepiece's map leaves clusters of more than six bytes uncomposed; the library composes every one. */
const UNCOMPOSED = 'a\u0300\u0301\u0302\u0303';

type Golden = Pick<(typeof golden.made_up)[number], 'ids' | 'lengths' | 'naughty' | 'family' | 'pad' | 'end'>;

const parsed = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const digest = (ids: Int32Array): string => createHash('sha256').update(ids.join()).digest('hex').slice(0, 4);

function suite(load: () => [tokenizer: unknown, config: unknown], made: Golden): void {
  const { ids, lengths, naughty, family, pad, end } = made;
  const cases = golden.texts.map((text, row) => ({ text, ids: ids[row], length: lengths[row] }));
  const isOther = ({ text }: { text: string }): boolean =>
    family === 'xlm-roberta' && text.startsWith(UNCOMPOSED);

  test.fails.each(cases.filter(isOther))('known to differ: $text', ({ text, ids }) => {
    expect([...loadTokenizer(...load()).encode(text, golden.max_length).ids]).toEqual(ids);
  });

  test.each(cases.filter((each) => !isOther(each)))('$text', ({ text, ids, length }) => {
    const own = loadTokenizer(...load()).encode(text, golden.max_length);
    expect([...own.ids]).toEqual(ids);
    expect(own.fullLength).toBe(length);
  });

  test('for writing, too: the same ids between the special tokens', () => {
    const { encode } = loadWritingTokenizer(...load());
    const wrong = cases.filter((each) => {
      const own = encode(each.text).join();
      const isWhole = (each.length ?? 0) <= golden.max_length;
      return isWhole && !isOther(each) && own !== '' && !`,${each.ids},`.includes(`,${own},`);
    });
    expect(wrong).toEqual([]);
  });

  test('pads with its own token, or else with its end token', () => {
    const { padding } = loadTokenizer(...load());
    expect(padding.id).toBe(pad ?? end);
    expect(padding.token).not.toBeNull();
  });

  test.skipIf(!existsSync(NAUGHTY))(`naughty strings (${NAUGHTY}, skipped without it)`, () => {
    const tokenizer = loadTokenizer(...load());
    const texts = parsed(NAUGHTY) as string[];
    const wrong = texts.filter(
      (text, i) => digest(tokenizer.encode(text, WHOLE).ids) !== naughty.slice(4 * i, 4 * i + 4),
    );
    expect(wrong).toEqual([]);
    expect(naughty).toHaveLength(4 * texts.length);
  });
}

describe.each(golden.made_up)('a small one as $name has', (made) => {
  suite(() => [made.tokenizer, made.config], made);
});

describe.each(golden.real)('$name', (real) => {
  const folder = `${SHARED}/tokenizers/${real.name}`;
  describe.skipIf(!existsSync(folder))(`(${folder}, skipped without it)`, () => {
    suite(() => [parsed(`${folder}/tokenizer.json`), parsed(`${folder}/tokenizer_config.json`)], real);
  });
});
