/** The arm on rows whose right advice is known: labels by chance, and labels that one word decides. */
import { expect, test } from 'vitest';
import { mcnemar } from '../../core/paired';
import { argmax } from '../../evaluation/metrics';
import { keywordDecides, randomLabels } from '../../testing/dataSets';
import type { ArmInput, ArmOutcome } from '../arm';
import { tfidf } from './arm';

type Rows = ReturnType<typeof randomLabels>;

interface Answered {
  outcome: ArmOutcome;
  expected: number[];
  predicted: number[];
  done: number[];
}

/** Two thirds to train on, the rest to test. */
async function answered(
  rows: Rows,
  classes: readonly string[],
  own: Partial<ArmInput> = {},
): Promise<Answered> {
  const cut = Math.round((2 * rows.length) / 3);
  const split = (part: Rows) => ({
    examples: part,
    rows: { labels: Int32Array.from(part, ({ label }) => classes.indexOf(label)) },
  });
  const data = {
    dataset: { classes },
    splits: { train: split(rows.slice(0, cut)), test: split(rows.slice(cut)) },
  };
  const work = tfidf({
    data,
    settings: { inverseRegularisation: 10 },
    ports: { now: () => performance.now() },
    signal: new AbortController().signal,
    ...own,
  } as unknown as ArmInput);
  const done: number[] = [];
  for (;;) {
    const next = await work.next();
    if (next.done) {
      const { answers } = next.value;
      const probabilities = 'probabilities' in answers ? answers.probabilities : [];
      return {
        outcome: next.value,
        expected: [...data.splits.test.rows.labels],
        predicted: probabilities.map(argmax),
        done,
      };
    }
    if (next.value.type === 'work') done.push(next.value.done);
  }
}

const hitsOf = ({ expected, predicted }: Answered): number =>
  expected.filter((truth, row) => predicted[row] === truth).length;

test('a word decides: right on every row, and what that costs', async () => {
  const result = await answered(keywordDecides(150), ['alpha', 'beta', 'gamma']);
  expect(hitsOf(result)).toBe(50);
  const { trainableParameters, bytes, promptTokens, latencyMs, run } = result.outcome;
  expect({ promptTokens, run }).toEqual({ promptTokens: 0, run: null });
  expect(trainableParameters % 3).toBe(0);
  expect(bytes).toBeGreaterThan(4 * trainableParameters);
  expect(latencyMs).toBeGreaterThan(0);
  expect(result.done.length).toBeGreaterThan(2);
});

test('labels by chance: not told apart from guessing', async () => {
  const result = await answered(randomLabels(600), ['left', 'right']);
  const hits = hitsOf(result);
  expect(mcnemar(hits, result.expected.length - hits)).toBeGreaterThan(0.05);
});

test('a label without a training row keeps its place and is never answered', async () => {
  const result = await answered(keywordDecides(150), ['unseen', 'alpha', 'beta', 'gamma']);
  expect(hitsOf(result)).toBe(50);
  const { answers } = result.outcome;
  for (const row of 'probabilities' in answers ? answers.probabilities : []) {
    expect(row).toHaveLength(4);
    expect(row[0]).toBe(0);
  }
});

test('called off, it ends', async () => {
  const rows = keywordDecides(30);
  await expect(answered(rows, ['alpha', 'beta', 'gamma'], { signal: AbortSignal.abort() })).rejects.toThrow(
    /abort/i,
  );
});
