import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DataConfig } from '../core/config';
import { prepareDataset, surveyDataset } from './dataset';
import { toExamples } from './examples';
import { readTable } from './read';
import type { Table } from './table';

const table = (csv: string): Promise<Table> =>
  readTable(new TextEncoder().encode(csv), 'a.csv', { delimiter: ',', header: true }, () => {});

function config(over: Partial<DataConfig> = {}): DataConfig {
  return {
    name: 'a.csv',
    hash: '',
    options: { format: 'csv', encoding: 'utf-8', delimiter: ',', quote: '"', header: true },
    roles: { text: 'text', label: 'label' },
    fixes: [],
    split: { validation: 0.15, test: 0.2, seed: 1 },
    ...over,
  };
}

const rows = (labels: readonly string[], n: number, word = 'text'): string =>
  Array.from({ length: n }, (_, i) => `${word} ${i},${labels[i % labels.length]}\n`).join('');

describe('toExamples', () => {
  it('trims labels, keeps texts exactly, and rejects empty ones with line and reason', async () => {
    const data = await table('text,label\n"  Hé  llo ", greet \n,greet\n   ,x\nbye,\n"a\nb",part\n');
    const { examples, rejected } = toExamples(data, { text: 'text', label: 'label' });
    expect(examples).toEqual([
      { row: 0, line: 2, text: '  Hé  llo ', label: 'greet' },
      { row: 4, line: 6, text: 'a\nb', label: 'part' },
    ]);
    expect(rejected).toEqual([
      { line: 3, code: 'empty-text', reason: 'has no text in “text”', raw: ' | greet' },
      { line: 4, code: 'empty-text', reason: 'has no text in “text”', raw: '    | x' },
      { line: 5, code: 'empty-label', reason: 'has no label in “label”', raw: 'bye | ' },
    ]);
  });

  it('keeps a text of 100,000 characters whole', async () => {
    const long = 'word '.repeat(20_000).trim();
    const data = await table(`text,label\n${long},a\nshort,b\n`);
    expect(toExamples(data, { text: 'text', label: 'label' }).examples[0]?.text).toBe(long);
  });

  it('names the columns there are when one is unknown', async () => {
    const data = await table('text,label\na,b\n');
    expect(() => toExamples(data, { text: 'body', label: 'label' })).toThrow(
      'There is no column “body” for the text; the file has “text”, “label”.',
    );
    expect(() => toExamples(data, { text: 'text', label: 'text' })).toThrow('cannot be both');
  });
});

describe('prepareDataset', () => {
  it('accounts for every row of the file, once', async () => {
    const csv = `text,label\n${rows(['b', 'a'], 60)}text 0,b\nonly\n,a\nx,\nalone,c\n`;
    const fixes = [
      { finding: 'duplicates', action: 'keep-first' },
      { finding: 'single-row-class', action: 'drop-class' },
    ];
    const dataset = prepareDataset(await table(csv), null, config({ fixes }));
    expect(dataset.rows).toBe(65);
    expect(dataset.kept).toBe(60);
    expect(dataset.rejected.map(({ line, code }) => [line, code])).toEqual([
      [62, 'duplicates'],
      [63, 'too-few-fields'],
      [64, 'empty-text'],
      [65, 'empty-label'],
      [66, 'single-row-class'],
    ]);
    expect(dataset.classes).toEqual(['a', 'b']);
    expect(dataset.classCounts).toEqual([30, 30]);
    expect(dataset.applied.map(({ title, effect }) => `${title}: ${effect}`)).toEqual([
      'Exact duplicates: Removed 1 row.',
      'Classes with one row: Removed 1 class with 1 row.',
    ]);
    expect(Object.values(dataset.splits).map((split) => split.length)).toEqual([39, 9, 12]);
  });

  it('uses the official test file, with its own lines, and lists test rows it cannot score', async () => {
    const test = await table('text,label\nnew 1,a\nnew 2,b\nnew 3,zebra\nonly\nnew 4,a\n');
    const dataset = prepareDataset(await table(`text,label\n${rows(['a', 'b'], 60)}`), test, config());
    expect(dataset.rows).toBe(65);
    expect(dataset.kept).toBe(63);
    expect(dataset.splits.test.map((i) => dataset.examples[i])).toMatchObject([
      { text: 'new 1', line: 2, fromTestFile: true },
      { text: 'new 2', line: 3, fromTestFile: true },
      { text: 'new 4', line: 6, fromTestFile: true },
    ]);
    expect(dataset.rejected.map(({ line, reason }) => [line, reason])).toEqual([
      [4, 'in the test file: its label “zebra” does not occur in the training file'],
      [5, 'in the test file: has 1 field, 2 expected'],
    ]);
    expect(dataset.trainExamples).toHaveLength(60);
    expect(dataset.testExamples).toHaveLength(3);
    expect(dataset.splits.validation).toHaveLength(9);
  });

  it('samples with the limit and says how many rows that leaves out', async () => {
    const csv = `text,label\n${rows(['a', 'b', 'c'], 300)}bad\n`;
    const dataset = prepareDataset(await table(csv), null, config({ limit: 50 }));
    expect([dataset.rows, dataset.kept, dataset.rejected.length, dataset.leftOut]).toEqual([301, 50, 1, 250]);
  });

  it('drops test rows of classes that the limit left without a training row', async () => {
    const labels = Array.from({ length: 20 }, (_, i) => `label ${i}`);
    const test = await table(`text,label\n${rows(labels, 20, 'new')}`);
    const dataset = surveyDataset(
      await table(`text,label\n${rows(labels, 400)}`),
      test,
      config({ limit: 10 }),
    );
    expect(dataset.classes).toHaveLength(10);
    expect(dataset.splits.test).toHaveLength(10);
    expect(dataset.rejected.map(({ code }) => code)).toEqual(Array(10).fill('unseen-label'));
    expect(dataset.kept + dataset.rejected.length + dataset.leftOut).toBe(420);
  });

  it.each([
    ['few-rows', `text,label\n${rows(['a', 'b'], 9)}`, /Only 9 usable rows/],
    ['few-rows', 'text,label\n,a\n,b\n', /No usable rows/],
    ['one-class', `text,label\n${rows(['a'], 60)}`, /same label, “a”/],
    ['single-row-class', `text,label\n${rows(['a', 'b'], 60)}alone,c\n`, /“c” has a single row/],
    [
      'too-many-classes',
      `text,label\n${rows(
        Array.from({ length: 10_000 }, (_, i) => `id ${i}`),
        10_000,
      )}`,
      /10,000 different labels/,
    ],
    [
      'empty-split',
      `text,label\n${'same,a\n'.repeat(30)}${'other,b\n'.repeat(30)}`,
      /No rows are left for validation and test/,
    ],
  ])('refuses %s, and the survey says the same without throwing', async (code, csv, says) => {
    const data = await table(csv);
    const survey = surveyDataset(data, null, config());
    expect(survey.blocked).toMatchObject({ code, message: expect.stringMatching(says) });
    expect(survey.blocked?.hint).toBeTruthy();
    expect(() => prepareDataset(data, null, config())).toThrow(says);
  });

  it('offers the way out of a class with one row', async () => {
    const data = await table(`text,label\n${rows(['a', 'b'], 60)}alone,c\n`);
    expect(surveyDataset(data, null, config()).blocked?.hint).toContain(
      '“Drop this class”: Removes 1 row of “c”.',
    );
    const fixes = [{ finding: 'single-row-class', action: 'drop-class' }];
    expect(prepareDataset(data, null, config({ fixes })).classes).toEqual(['a', 'b']);
  });

  it('adds up for any file', async () => {
    const line = fc.constantFrom(
      'hello,a',
      'Hello,b',
      'x,A',
      ',a',
      'y,',
      'z',
      'p,q,r',
      '',
      '"open,a',
      '"w,w",b',
      't,c',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 60 }),
        fc.boolean(),
        async (lines, isFixed) => {
          const fixes = isFixed
            ? [
                'duplicates/keep-first',
                'conflicts/keep-majority',
                'label-variants/merge',
                'single-row-class/drop-class',
              ]
            : [];
          const data = await table(`text,label\nfirst,a\n${lines.join('\n')}\n`);
          const chosen = fixes.map((fix) => ({
            finding: fix.split('/')[0] ?? '',
            action: fix.split('/')[1] ?? '',
          }));
          const dataset = surveyDataset(data, null, config({ fixes: chosen, limit: 20 }));
          const { train, validation, test } = dataset.splits;
          expect(dataset.rows).toBe(lines.filter((text) => text !== '').length + 1);
          expect(dataset.kept + dataset.rejected.length + dataset.leftOut).toBe(dataset.rows);
          expect(train.length + validation.length + test.length).toBe(dataset.kept);
          expect(dataset.classCounts.reduce((sum, count) => sum + count, 0)).toBe(dataset.kept);
        },
      ),
      { numRuns: 300 },
    );
  });
});
