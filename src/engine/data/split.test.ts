import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textKey } from './normalise';
import { sampleExamples, splitExamples, thinSplits } from './split';
import type { Example, SplitName, Splits } from './table';

const SETTINGS = { validation: 0.15, test: 0.2, seed: 1 };
const NAMES = ['train', 'validation', 'test'] as const satisfies readonly SplitName[];

const examplesOf = (rows: readonly (readonly [text: string, label: string])[]): Example[] =>
  rows.map(([text, label], row) => ({ row, line: row + 2, text, label }));

/** Few distinct texts, so that copies and conflicts are common. */
const anyExamples = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.boolean()), {
    maxLength: 200,
  })
  .map((rows) =>
    examplesOf(rows.map(([text, label, isUpper]) => [isUpper ? `TEXT  ${text}` : `text ${text}`, label])),
  );
const anySettings = fc.record({
  validation: fc.double({ min: 0.02, max: 0.5, noNaN: true }),
  test: fc.double({ min: 0.02, max: 0.5, noNaN: true }),
  seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
});

function splitOf(splits: Splits): Map<number, SplitName> {
  return new Map(NAMES.flatMap((name) => splits[name].map((i) => [i, name] as const)));
}

describe('splitExamples', () => {
  it('is disjoint and complete, and never tears copies of a text apart', () => {
    fc.assert(
      fc.property(anyExamples, anySettings, (examples, settings) => {
        const { splits } = splitExamples(examples, settings, null);
        const all = NAMES.flatMap((name) => [...splits[name]]).sort((a, b) => a - b);
        expect(all).toEqual(examples.map((_, i) => i));
        const where = splitOf(splits);
        const places = new Map<string, Set<SplitName | undefined>>();
        examples.forEach(({ text }, i) => {
          places.set(textKey(text), (places.get(textKey(text)) ?? new Set()).add(where.get(i)));
        });
        expect([...places.values()].every((names) => names.size === 1)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('puts every class with three different texts into all splits, one with two into training and one more', () => {
    const rows = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(rows, anySettings, (sizes, settings) => {
        const examples = examplesOf(
          sizes.flatMap((n, k) =>
            Array.from({ length: n }, (_, i) => [`${k} text ${i}`, `label ${k}`] as const),
          ),
        );
        const { splits } = splitExamples(examples, settings, null);
        const where = splitOf(splits);
        sizes.forEach((n, k) => {
          const found = new Set(
            examples.flatMap(({ label }, i) => (label === `label ${k}` ? [where.get(i)] : [])),
          );
          expect(found.size).toBe(Math.min(n, 3));
          expect(found.has('train')).toBe(true);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the shares, within half a row per split where texts differ', () => {
    const sizes = fc.array(fc.integer({ min: 40, max: 300 }), { minLength: 1, maxLength: 10 });
    const shares = fc.record({
      validation: fc.double({ min: 0.05, max: 0.3, noNaN: true }),
      test: fc.double({ min: 0.05, max: 0.3, noNaN: true }),
      seed: fc.nat(1000),
    });
    fc.assert(
      fc.property(sizes, shares, (counts, settings) => {
        const examples = examplesOf(
          counts.flatMap((n, k) =>
            Array.from({ length: n }, (_, i) => [`${k} text ${i}`, `label ${k}`] as const),
          ),
        );
        const { splits } = splitExamples(examples, settings, null);
        expect(Math.abs(splits.test.length - settings.test * examples.length)).toBeLessThanOrEqual(0.51);
        expect(
          Math.abs(splits.validation.length - settings.validation * examples.length),
        ).toBeLessThanOrEqual(0.51);
        counts.forEach((n, k) => {
          const inTest = splits.test.filter((i) => examples[i]?.label === `label ${k}`).length;
          expect(Math.abs(inTest - settings.test * n)).toBeLessThanOrEqual(1);
        });
      }),
      { numRuns: 200 },
    );
  });

  it('repeats with the seed and changes with it', () => {
    const examples = examplesOf(
      Array.from({ length: 200 }, (_, i) => [`text ${i}`, `label ${i % 4}`] as const),
    );
    const first = splitExamples(examples, SETTINGS, null);
    expect(splitExamples(examples, SETTINGS, null)).toEqual(first);
    const other = splitExamples(examples, { ...SETTINGS, seed: 2 }, null);
    expect(other.splits.test).not.toEqual(first.splits.test);
    expect(first.splits.test).toHaveLength(40);
    expect(first.splits.validation).toHaveLength(30);
  });

  it('does not move the other rows of a class when another class changes', () => {
    const rows = Array.from({ length: 120 }, (_, i) => [`text ${i}`, i < 60 ? 'a' : 'b'] as const);
    const one = splitExamples(examplesOf(rows), SETTINGS, null).splits.test.filter((i) => i < 60);
    const two = splitExamples(examplesOf(rows.slice(0, 100)), SETTINGS, null).splits.test.filter(
      (i) => i < 60,
    );
    expect(two).toEqual(one);
  });

  it('takes official test rows as the test, whole and in order', () => {
    const examples = examplesOf(
      Array.from({ length: 100 }, (_, i) => [`text ${i}`, `label ${i % 2}`] as const),
    );
    const official = examplesOf([
      ['text 3', 'label 1'],
      ['new', 'label 0'],
    ]);
    const done = splitExamples(examples, SETTINGS, official);
    expect(done.splits.test).toEqual([100, 101]);
    expect(done.splits.train).toHaveLength(85);
    expect(done.splits.validation).toHaveLength(15);
    expect(done.examples.slice(100)).toEqual(official.map((example) => ({ ...example, fromTestFile: true })));
  });

  it('keeps a class of copies together in training', () => {
    const copies = Array.from({ length: 30 }, () => ['same', 'b'] as const);
    const rows = [...Array.from({ length: 30 }, (_, i) => [`text ${i}`, 'a'] as const), ...copies];
    const { splits } = splitExamples(examplesOf(rows), SETTINGS, null);
    expect(splits.train.filter((i) => i >= 30)).toHaveLength(30);
  });
});

describe('sampleExamples', () => {
  const examples = examplesOf([
    ...Array.from({ length: 900 }, (_, i) => [`big ${i}`, 'big'] as const),
    ...Array.from({ length: 95 }, (_, i) => [`mid ${i}`, 'mid'] as const),
    ...Array.from({ length: 5 }, (_, i) => [`rare ${i}`, 'rare'] as const),
  ]);
  const counts = (sample: readonly Example[]): number[] =>
    ['big', 'mid', 'rare'].map((label) => sample.filter((example) => example.label === label).length);

  it('draws exactly the limit, in proportion, at least 3 of each class, in the original order', () => {
    const sample = sampleExamples(examples, 100, 1);
    expect(counts(sample)).toEqual([88, 9, 3]);
    expect(sample.map(({ row }) => row)).toEqual(sample.map(({ row }) => row).sort((a, b) => a - b));
  });

  it('repeats with the seed and changes with it', () => {
    expect(sampleExamples(examples, 100, 1)).toEqual(sampleExamples(examples, 100, 1));
    expect(sampleExamples(examples, 100, 2)).not.toEqual(sampleExamples(examples, 100, 1));
  });

  it('never exceeds what a class has, and is whole when the limit is not reached', () => {
    expect(sampleExamples(examples, 1000, 1)).toBe(examples);
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 999 }), fc.nat(), (limit, seed) => {
        const sample = sampleExamples(examples, limit, seed);
        expect(sample).toHaveLength(limit);
        expect(new Set(sample.map(({ row }) => row)).size).toBe(limit);
      }),
    );
  });
});

describe('thinSplits', () => {
  const rows = Array.from({ length: 200 }, (_, i) => [`text ${i}`, i % 4 === 0 ? 'rare' : 'common'] as const);
  const whole = splitExamples(examplesOf(rows), SETTINGS, null);

  it('keeps so many rows of each class to train and validate on, and every test row', () => {
    const { splits, examples } = thinSplits(whole, 10, SETTINGS);
    const labelsIn = (name: SplitName): string[] => splits[name].map((i) => examples[i]?.label ?? '').sort();
    const eachOf = (count: number): string[] => [
      ...Array(count).fill('common'),
      ...Array(count).fill('rare'),
    ];
    expect(labelsIn('train')).toEqual(eachOf(8));
    expect(labelsIn('validation')).toEqual(eachOf(2));
    const texts = (part: typeof whole): string[] => part.splits.test.map((i) => part.examples[i]?.text ?? '');
    expect(texts({ splits, examples })).toEqual(texts(whole));
    expect(examples).toHaveLength(20 + whole.splits.test.length);
    expect(NAMES.flatMap((name) => [...splits[name]]).sort((a, b) => a - b)).toEqual(
      examples.map((_, i) => i),
    );
  });

  it('takes what there is of a class with fewer, and draws by the seed', () => {
    expect(thinSplits(whole, 1000, SETTINGS)).toEqual(whole);
    expect(thinSplits(whole, 10, SETTINGS)).toEqual(thinSplits(whole, 10, SETTINGS));
    expect(thinSplits(whole, 10, { ...SETTINGS, seed: 2 })).not.toEqual(thinSplits(whole, 10, SETTINGS));
  });

  it('leaves an official test file whole', () => {
    const official = examplesOf([['new text', 'rare']]);
    const { splits, examples } = thinSplits(splitExamples(examplesOf(rows), SETTINGS, official), 2, SETTINGS);
    expect([splits.train.length, splits.validation.length, splits.test.length]).toEqual([2, 2, 1]);
    expect(examples.at(-1)).toMatchObject({ text: 'new text', fromTestFile: true });
  });
});
