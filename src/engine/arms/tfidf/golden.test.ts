/** Against scikit-learn: reference/golden_tfidf.py. */
import { describe, expect, test } from 'vitest';
import { argmax } from '../../evaluation/metrics';
import golden from '../../golden/tfidf.json';
import { fitLogistic, type LogisticModel, predictLogistic } from './logistic';
import { learnVocabulary, type Vocabulary, vectorize } from './vectorizer';

function finished<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

const learned = (texts: readonly string[], limit = Number.POSITIVE_INFINITY): Vocabulary =>
  finished(learnVocabulary(texts, limit));

test.each(golden.terms)('“$text” is cut into the same terms', ({ text, terms }) => {
  expect(new Set(learned([text]).features.keys())).toEqual(new Set(terms));
});

describe.each(golden.sets)('$name', ({ c, classes, train, test: held, ...expected }) => {
  const texts = train.map(({ text }) => text);
  const vocabulary = learned(texts);
  const unseen = vectorize(
    vocabulary,
    held.map(({ text }) => text),
  );

  test('the vocabulary and its idf', () => {
    const { features, idf } = vocabulary;
    expect(features.size).toBe(expected.terms);
    for (const [term, value] of Object.entries(expected.idf)) {
      expect(idf[features.get(term) ?? -1]).toBeCloseTo(value, 12);
    }
  });

  test('the features of a row', () => {
    const terms = [...vocabulary.features.keys()];
    const row = [...unseen.features.slice(0, unseen.starts[1])].map((at, j) => [terms[at], unseen.values[j]]);
    const own = Object.fromEntries(row) as Record<string, number>;
    expect(Object.keys(own).sort()).toEqual(Object.keys(expected.first_row).sort());
    for (const [term, value] of Object.entries(expected.first_row)) expect(own[term]).toBeCloseTo(value, 12);
  });

  test('probabilities within 1e-4 and the same accuracy', () => {
    const labels = train.map(({ label }) => classes.indexOf(label));
    const shape = { classes: classes.length, features: vocabulary.features.size };
    const model: LogisticModel = finished(
      fitLogistic(vectorize(vocabulary, texts), labels, shape, { inverseRegularisation: c, tolerance: 1e-7 }),
    );
    const probabilities = predictLogistic(unseen, model);
    const gaps = probabilities.flatMap((row, i) =>
      row.map((p, k) => Math.abs(p - (expected.probabilities[i]?.[k] ?? Number.NaN))),
    );
    expect(Math.max(...gaps)).toBeLessThan(1e-4);
    const hits = probabilities.filter((row, i) => classes[argmax(row)] === held[i]?.label).length;
    expect(hits / held.length).toBeCloseTo(expected.accuracy, 12);
  });
});

test('beyond the limit the rarest terms go, all of equal rarity together', () => {
  const { features, leastRows } = learned(['ab cd', 'ab cd', 'ab ef'], 3);
  expect([...features.keys()]).toEqual(['ab', 'cd', 'ab cd']);
  expect(leastRows).toBe(2);
});

test('a text without a known word is answered by the intercepts, not with NaN', () => {
  const vocabulary = learned(['yes yes', 'yes of course', 'no']);
  const shape = { classes: 2, features: vocabulary.features.size };
  const rows = vectorize(vocabulary, ['yes yes', 'yes of course', 'no']);
  const [row = []] = predictLogistic(
    vectorize(vocabulary, ['?']),
    finished(fitLogistic(rows, [0, 0, 1], shape, { inverseRegularisation: 1 })),
  );
  expect(row[0]).toBeGreaterThan(0.5);
  expect((row[0] ?? 0) + (row[1] ?? 0)).toBeCloseTo(1, 12);
});
