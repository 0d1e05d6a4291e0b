/**
 * The classic that fine-tuning has to beat: TF-IDF of words and word pairs with logistic regression. It reads the
 * texts as they are, whole, and knows nothing of the language model.
 */
import { breathe } from '../../core/breathe';
import { numberOf } from '../../tuning/spec';
import type { Arm, ArmEvent } from '../arm';
import { fitLogistic, type LogisticModel, predictLogistic } from './logistic';
import { learnVocabulary, type Vocabulary, vectorize } from './vectorizer';

/** Six vectors of this many numbers are held while fitting: 0.8 GB. */
const MOST_WEIGHTS = 16_000_000;

export const tfidf: Arm = async function* ({ data, settings, ports, signal }) {
  const { train, test } = data.splits;
  const started = ports.now();
  /** Classes without a training row are never answered. */
  const present = [...new Set(train.rows.labels)].sort((a, b) => a - b);
  const texts = train.examples.map(({ text }) => text);
  const vocabulary = yield* worked(
    learnVocabulary(texts, Math.floor(MOST_WEIGHTS / present.length) - 1),
    'Counting words and word pairs',
    texts.length,
    signal,
  );
  const model = yield* worked(
    fitLogistic(
      vectorize(vocabulary, texts),
      train.rows.labels.map((label) => present.indexOf(label)),
      { classes: present.length, features: vocabulary.features.size },
      { inverseRegularisation: numberOf(settings, 'inverseRegularisation') },
    ),
    'Fitting a logistic regression',
    0,
    signal,
  );
  const trainSeconds = (ports.now() - started) / 1000;
  const classify = (rows: readonly string[]): number[][] =>
    predictLogistic(vectorize(vocabulary, rows), model).map((row) =>
      spread(row, present, data.dataset.classes.length),
    );
  const asked = test.examples.map(({ text }) => text);
  return {
    answers: { probabilities: classify(asked) },
    ...costs(vocabulary, model),
    trainSeconds,
    latencyMs: timeTexts(asked, classify, ports.now),
    promptTokens: 0,
    run: null,
    notes:
      vocabulary.leastRows > 1
        ? [
            `Words in fewer than ${vocabulary.leastRows} rows are left out, so that the weights fit in memory.`,
          ]
        : [],
  };
};

/** Passes a generator's progress on and lets waiting messages in. */
async function* worked<T>(
  work: Generator<number, T>,
  detail: string,
  total: number,
  signal: AbortSignal,
): AsyncGenerator<ArmEvent, T> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    yield { type: 'work', detail, done: value, total };
    await breathe();
    signal.throwIfAborted();
  }
}

/** The probabilities of the classes present at their places among all. */
function spread(row: readonly number[], present: readonly number[], classes: number): number[] {
  const all = new Array<number>(classes).fill(0);
  for (const [i, p] of row.entries()) all[present[i] as number] = p;
  return all;
}

/** Two classes are told apart by the difference of their weights, so that one set is stored. */
function costs(
  { features }: Vocabulary,
  { classes, weights }: LogisticModel,
): { trainableParameters: number; bytes: number } {
  const trainableParameters = classes === 2 ? weights.length / 2 : weights.length;
  const words = new TextEncoder().encode([...features.keys()].join('\n')).length;
  return { trainableParameters, bytes: 4 * (trainableParameters + features.size) + words };
}

const TIMED_TEXTS = 200;

/** Mean milliseconds of a text on its own, for one takes less than a tick of the browser's clock. */
function timeTexts(
  texts: readonly string[],
  classify: (texts: readonly string[]) => unknown,
  now: () => number,
): number {
  const timed = texts.slice(0, TIMED_TEXTS);
  const started = now();
  for (const text of timed) classify([text]);
  return (now() - started) / Math.max(1, timed.length);
}
