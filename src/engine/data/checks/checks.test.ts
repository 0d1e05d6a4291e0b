import { describe, expect, it } from 'vitest';
import { EngineError } from '../../core/errors';
import { applyFixes } from '../fixes';
import type { Example, Finding } from '../table';
import { type CheckInput, checkInput, type TextLengths } from './check';
import { CHECKS, runChecks } from './registry';

type Row = readonly [text: string, label: string];

const examplesOf = (rows: readonly Row[]): Example[] =>
  rows.map(([text, label], row) => ({ row, line: row + 2, text, label }));

/** `n` rows per label with different texts, labels taking turns. */
function clean(labels: readonly string[], n: number): Row[] {
  return Array.from({ length: n * labels.length }, (_, i) => {
    const label = labels[i % labels.length] ?? '';
    return [`a text about ${label} number ${i}`, label] as const;
  });
}

function findAll(input: CheckInput): Finding[] {
  const checks = runChecks(input);
  for (;;) {
    const { done, value } = checks.next();
    if (done) return value;
  }
}

function find(
  rows: readonly Row[],
  code: string,
  extra: { test?: readonly Row[]; lengths?: TextLengths } = {},
): Finding | undefined {
  const test = extra.test === undefined ? null : examplesOf(extra.test);
  const found = findAll(checkInput(examplesOf(rows), test, extra.lengths ?? null));
  return found.find((finding) => finding.code === code);
}

/** Texts and labels after a fix, and what it took out. */
function fix(rows: readonly Row[], finding: string, action: string, test: readonly Row[] | null = null) {
  const done = applyFixes(examplesOf(rows), [{ finding, action }], test === null ? null : examplesOf(test));
  return {
    kept: done.examples.map(({ text, label }) => [text, label]),
    removed: done.removed.map(({ line, reason }) => [line, reason]),
    effect: done.applied[0]?.effect,
    test: done.testExamples?.map(({ label }) => label) ?? null,
  };
}

it('finds nothing in clean data', () => {
  expect(findAll(checkInput(examplesOf(clean(['a', 'b', 'c'], 20)), null, null))).toEqual([]);
});

it('lists the worst first', () => {
  const rows: Row[] = [...clean(['a', 'b'], 30), ['lonely text', 'c'], ['see <b>this</b>', 'a'], ['-', 'b']];
  const severities = findAll(checkInput(examplesOf(rows), null, null)).map(({ severity }) => severity);
  expect(severities).toEqual(['error', 'warning', 'warning', 'info']);
});

it('lists at most 500 examples and the full count', () => {
  const rows: Row[] = Array.from({ length: 1200 }, (_, i) => ['same text', i % 2 ? 'a' : 'b'] as const);
  const found = find(rows, 'duplicates');
  expect([found?.count, found?.examples.length]).toEqual([1198, 500]);
});

describe('rows and classes', () => {
  it.each([
    [0, 'error', 'No usable rows'],
    [9, 'error', 'Only 9 usable rows: too few to train'],
    [10, 'warning', 'Only 10 usable rows'],
    [49, 'warning', 'Only 49 usable rows'],
  ])('%i rows', (n, severity, title) => {
    expect(find(clean(['a', 'b'], 25).slice(0, n), 'few-rows')).toMatchObject({ severity, title });
  });

  it('50 rows are enough', () => {
    expect(find(clean(['a', 'b'], 25), 'few-rows')).toBeUndefined();
  });

  it('one class', () => {
    const found = find(clean(['spam'], 60), 'one-class');
    expect(found).toMatchObject({ severity: 'error', count: 60 });
    expect(found?.title).toContain('“spam”');
  });

  it('200 classes pass, 201 look like an id, 10,000 are refused', () => {
    const labels = (n: number): string[] => Array.from({ length: n }, (_, i) => `label ${i}`);
    expect(find(clean(labels(200), 2), 'many-classes')).toBeUndefined();
    expect(find(clean(labels(201), 2), 'many-classes')?.severity).toBe('warning');
    expect(find(clean(labels(1000), 2), 'many-classes')?.severity).toBe('warning');
    const found = find(clean(labels(10_000), 1), 'too-many-classes');
    expect(found).toMatchObject({
      severity: 'error',
      title: '10,000 different labels: Hone trains up to 1,000 classes',
    });
  });

  it('a class with one row is an error until it is dropped', () => {
    const rows: Row[] = [...clean(['a', 'b'], 10), ['lonely', 'c']];
    expect(find(rows, 'single-row-class')).toMatchObject({
      severity: 'error',
      title: 'The class “c” has a single row',
      examples: [20],
      actions: [{ id: 'drop-class', effect: 'Removes 1 row of “c”.' }],
    });
    const done = fix(rows, 'single-row-class', 'drop-class');
    expect(done.removed).toEqual([[22, 'its class “c” has only 1 row']]);
    expect(done.kept).toHaveLength(20);
    expect(find(clean(['a', 'b'], 10), 'single-row-class')).toBeUndefined();
  });

  it('a class with 7 rows is small, with 8 it is not', () => {
    const rows = clean(['a', 'b'], 20);
    const seven = clean(['c'], 7);
    expect(find([...rows, ...seven], 'small-class')).toMatchObject({ severity: 'warning', count: 7 });
    expect(find([...rows, ...clean(['c'], 8)], 'small-class')).toBeUndefined();
    expect(fix([...rows, ...seven], 'small-class', 'drop-class').kept).toHaveLength(40);
  });

  it('imbalance: below a tenth of an even share', () => {
    const rows = (rare: number): Row[] => [...clean(['a'], 1000 - rare), ...clean(['b'], rare)];
    expect(find(rows(50), 'imbalance')).toBeUndefined();
    expect(find(rows(49), 'imbalance')).toMatchObject({ title: '“b” has 49 rows, “a” has 951', count: 49 });
  });

  it('a sorted file', () => {
    expect(find([...clean(['a'], 20), ...clean(['b'], 20)], 'ordered')?.severity).toBe('info');
    expect(find(clean(['a', 'b'], 20), 'ordered')).toBeUndefined();
  });
});

describe('copies', () => {
  const rows: Row[] = [
    ['Where is my card?', 'card'],
    ['where  is my CARD?', 'card'],
    ['Ｗhere is my card?', 'card'],
    ['where is my card', 'card'],
    ['Where is my card?', 'delivery'],
  ];

  it('finds copies whatever their case, spacing or width, and keeps the first', () => {
    expect(find(rows, 'duplicates')).toMatchObject({ count: 2, examples: [1, 2] });
    const done = fix(rows, 'duplicates', 'keep-first');
    expect(done.removed).toEqual([
      [3, 'repeats line 2'],
      [4, 'repeats line 2'],
    ]);
    expect(done.effect).toBe('Removed 2 rows.');
    expect(done.kept).toEqual([rows[0], rows[3], rows[4]].map((row) => [...(row ?? [])]));
  });

  it('finds every planted pair, and only those', () => {
    const planted = clean(['a', 'b'], 200);
    const copies: Row[] = [3, 57, 201, 399].map((i) => [
      ` ${planted[i]?.[0].toUpperCase()}`,
      planted[i]?.[1] ?? '',
    ]);
    expect(find([...planted, ...copies], 'duplicates')?.examples).toEqual([400, 401, 402, 403]);
  });

  it('finds one text under two labels; the majority wins, a tie loses both', () => {
    const conflicting: Row[] = [...rows, ['Hi', 'greet'], ['hi', 'part'], ['unique', 'card']];
    expect(find(conflicting, 'conflicts')).toMatchObject({
      title: '2 texts carry different labels (6 rows)',
      count: 6,
      examples: [0, 1, 2, 4, 5, 6],
      actions: [
        { id: 'keep-majority', effect: 'Removes 3 rows; 1 text whose labels tie goes altogether.' },
        { id: 'drop-all', effect: 'Removes 6 rows.' },
      ],
    });
    const majority = fix(conflicting, 'conflicts', 'keep-majority');
    expect(majority.removed).toEqual([
      [6, 'most rows with this text are labelled “card”'],
      [7, 'the same text carries different labels equally often'],
      [8, 'the same text carries different labels equally often'],
    ]);
    expect(fix(conflicting, 'conflicts', 'drop-all').kept).toEqual([
      ['where is my card', 'card'],
      ['unique', 'card'],
    ]);
  });

  it('finds test rows that stand in training and drops them there', () => {
    const train = clean(['a', 'b'], 10);
    const test: Row[] = [
      [train[4]?.[0].toUpperCase() ?? '', 'a'],
      ['new', 'b'],
      [train[7]?.[0] ?? '', 'b'],
    ];
    expect(find(train, 'leakage', { test })).toMatchObject({
      title: '2 test rows (67 %) also stand in the training file',
      examples: [4, 7],
    });
    expect(find(train, 'leakage')).toBeUndefined();
    const done = fix(train, 'leakage', 'drop-from-training', test);
    expect(done.removed.map(([line]) => line)).toEqual([6, 9]);
    expect(done.test).toEqual(['a', 'b', 'b']);
  });
});

describe('labels', () => {
  const rows: Row[] = [
    ...clean(['Card Arrival'], 3),
    ...clean(['card_arrival'], 5),
    ...clean(['card-arrival'], 1),
    ...clean(['refund'], 9),
    ...clean(['refunds'], 9),
  ];

  it('merges spellings into the commonest, in the test file too', () => {
    expect(find(rows, 'label-variants')).toMatchObject({
      count: 4,
      actions: [{ id: 'merge', effect: 'Relabels 4 rows; 3 classes remain.' }],
    });
    const done = fix(rows, 'label-variants', 'merge', [
      ['x', 'Card Arrival'],
      ['y', 'CARD ARRIVAL'],
      ['z', 'Refunds'],
      ['q', 'other'],
    ]);
    expect(new Set(done.kept.map(([, label]) => label))).toEqual(
      new Set(['card_arrival', 'refund', 'refunds']),
    );
    expect(done.removed).toEqual([]);
    expect(done.test).toEqual(['card_arrival', 'card_arrival', 'refunds', 'other']);
  });

  it('leaves labels of nothing but hyphens apart from empty ones', () => {
    expect(find([...clean(['-'], 10), ...clean(['_'], 10)], 'label-variants')).toBeUndefined();
  });
});

describe('texts', () => {
  const base = clean(['a', 'b'], 30);

  it('almost empty ones', () => {
    const rows: Row[] = [...base, ['-', 'a'], ['??!', 'b'], ['ok', 'a'], ['yes', 'b'], ['日本語', 'a']];
    expect(find(rows, 'short-text')?.examples).toEqual([60, 61, 62]);
    expect(fix(rows, 'short-text', 'drop').kept).toHaveLength(62);
  });

  it('huge ones', () => {
    const rows: Row[] = [...base, ['word '.repeat(20_000), 'a'], ['x'.repeat(20_000), 'b']];
    expect(find(rows, 'huge-text')).toMatchObject({ examples: [60] });
    expect(find(rows, 'huge-text')?.title).toContain('longest 100,000');
    expect(fix(rows, 'huge-text', 'drop').removed).toEqual([
      [62, 'the text has more than 20,000 characters'],
    ]);
  });

  it('those over the limit, by the tokens given', () => {
    const few = {
      examples: base.map((_, i) => i),
      tokens: base.map((_, i) => (i === 7 ? 150 : 50)),
      limit: 128,
    };
    expect(find(base, 'over-limit', { lengths: few })).toMatchObject({
      severity: 'info',
      examples: [7],
      title: '1 text of 60 (2 %) is longer than 128 tokens',
    });
    const many = { examples: [4, 8], tokens: [128, 256], limit: 128 };
    const found = find(base, 'over-limit', { lengths: many });
    expect(found).toMatchObject({ severity: 'warning', examples: [8] });
    expect(found?.why).toContain('33 % of all tokens are lost');
  });

  it('markup, addresses and symbols', () => {
    const rows: Row[] = [
      ...base,
      ['<p class="x">Hello</p>', 'a'],
      ['https://example.com/a?b=c', 'b'],
      ['~~^^|| {}[] ok', 'a'],
      ['3 < 5 and 7 > 2, see https://example.com for more', 'b'],
      ['It costs $5 (50% off) & ships to café “Zoë”!', 'a'],
    ];
    const found = find(rows, 'junk-text');
    expect(found?.examples).toEqual([60, 61, 62]);
    expect(found?.title).toContain('1 with HTML tags, 1 only a web address, 1 mostly special characters');
  });
});

describe('applyFixes', () => {
  const rows: Row[] = [...clean(['a', 'b'], 10), ['one', 'A'], ['a text about a number 0', 'A']];

  it('applies in order, each on what the one before left; leaving one out undoes it', () => {
    const merge = { finding: 'label-variants', action: 'merge' };
    const dedupe = { finding: 'duplicates', action: 'keep-first' };
    const both = applyFixes(examplesOf(rows), [merge, dedupe]);
    expect(both.applied.map(({ effect }) => effect)).toEqual(['Relabelled 2 rows.', 'Removed 1 row.']);
    expect(both.removed).toEqual([
      { line: 23, code: 'duplicates', reason: 'repeats line 2', raw: 'a text about a number 0' },
    ]);
    const turned = applyFixes(examplesOf(rows), [dedupe, merge]);
    expect(turned.applied.map(({ effect }) => effect)).toEqual(['Removed 0 rows.', 'Relabelled 2 rows.']);
    expect(applyFixes(examplesOf(rows), []).examples).toEqual(examplesOf(rows));
    expect(applyFixes(examplesOf(rows), [merge, dedupe])).toEqual(both);
  });

  it('removes the finding it fixes, for every action of every check', () => {
    const messy: Row[] = [
      ...rows,
      ['hi', 'x'],
      ['hi there', 'y'],
      ['hi there', 'y'],
      ['Hi there', 'a'],
      ['-', 'b'],
      ['z'.repeat(30_000), 'b'],
    ];
    const test: Row[] = [['one', 'a']];
    const input = checkInput(examplesOf(messy), examplesOf(test), null);
    const tried = CHECKS.flatMap(({ code, fixes }) =>
      Object.keys(fixes).map((action) => ({ finding: code, action })),
    );
    expect(tried).toHaveLength(9);
    for (const one of tried) {
      const check = CHECKS.find(({ code }) => code === one.finding);
      expect(
        check?.find(input)?.actions.map(({ id }) => id),
        one.finding,
      ).toContain(one.action);
      const done = applyFixes(examplesOf(messy), [one], examplesOf(test));
      expect(check?.find(checkInput(done.examples, done.testExamples, null)), one.finding).toBeNull();
      expect(done.examples.length + done.removed.length).toBe(messy.length);
      for (const { reason, line } of done.removed) expect(reason.length * line).toBeGreaterThan(0);
    }
  });

  it('refuses an unknown fix by name', () => {
    const unknown = (): unknown =>
      applyFixes(examplesOf(rows), [{ finding: 'duplicates', action: 'keep-last' }]);
    expect(unknown).toThrow(EngineError);
    expect(unknown).toThrow('There is no fix “keep-last” for “duplicates”.');
  });
});
