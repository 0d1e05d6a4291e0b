/** Against rouge-score, sacrebleu and nltk: reference/golden_text_metrics.py. */
import { describe, expect, test } from 'vitest';
import golden from '../golden/text_metrics.json';
import { porterStem } from './porter';
import { chrF, chrFRow, exactMatch, meanLoss, perplexity, rougeL } from './textMetrics';

describe('as the libraries score', () => {
  test('at least fifty pairs, some with several references and some without anything', () => {
    expect(golden.pairs.length).toBeGreaterThanOrEqual(50);
    expect(golden.pairs.filter(({ references }) => references.length > 1).length).toBeGreaterThan(10);
    expect(golden.pairs.some(({ candidate }) => candidate === '')).toBe(true);
  });

  test.each(golden.pairs)('“$candidate”', (pair) => {
    expect(rougeL(pair.candidate, pair.references)).toBeCloseTo(pair.rouge_l, 12);
    expect(rougeL(pair.candidate, pair.references, { stem: true })).toBeCloseTo(pair.rouge_l_stemmed, 12);
    expect(chrFRow(pair.candidate, pair.references)).toBeCloseTo(pair.chrf, 9);
  });

  test('chrF of all pairs together, which is not the mean of theirs', () => {
    const all = chrF(
      golden.pairs.map(({ candidate }) => candidate),
      golden.pairs.map(({ references }) => references),
    );
    expect(all).toBeCloseTo(golden.corpus_chrf, 9);
    const mean = golden.pairs.reduce((sum, { chrf }) => sum + chrf, 0) / golden.pairs.length;
    expect(Math.abs(all - mean)).toBeGreaterThan(0.5);
  });

  test('stems', () => {
    const own = Object.fromEntries(Object.keys(golden.stems).map((word) => [word, porterStem(word)]));
    expect(own).toEqual(golden.stems);
  });
});

test('one reference may stand by itself', () => {
  expect(rougeL('the cat sat', 'the cat')).toBeCloseTo(0.8, 12);
  expect(chrFRow('abc', 'abc')).toBe(100);
});

test('exact match takes any reference and ignores white space at the ends alone', () => {
  expect(exactMatch(' yes\n', ['no', 'yes'])).toBe(true);
  expect(exactMatch('Yes', ['yes'])).toBe(false);
  expect(exactMatch('a  b', ['a b'])).toBe(false);
});

test('loss and perplexity weigh tokens, not rows', () => {
  const rows = [
    { loss: Math.log(2) * 9, tokens: 9 },
    { loss: Math.log(2048), tokens: 1 },
  ];
  expect(meanLoss(rows)).toBeCloseTo(2 * Math.log(2), 12);
  expect(perplexity(rows)).toBeCloseTo(4, 12);
});
