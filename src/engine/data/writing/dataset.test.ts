import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { splitSettingsSchema } from '../../core/config';
import { checkInput } from '../checks/check';
import { runChecks } from '../checks/registry';
import { WRITING_CHECKS } from '../checks/writing/registry';
import { textKey } from '../normalise';
import { readTable } from '../read';
import type { Finding } from '../table';
import { prepareWriting, questionsOf, surveyWriting, type WritingDataConfig } from './dataset';
import { chat, jsonl, tableOf } from './testRows';

const SHAPE = { kind: 'columns', system: '', prompt: '{{q}}', completion: '{{a}}' } as const;
const CONFIG: WritingDataConfig = {
  ...{ shape: SHAPE, fixes: [], split: splitSettingsSchema.parse({}), limit: undefined },
};

const csv = (rows: readonly (readonly [string, string])[]) =>
  tableOf(['q,a', ...rows.map((cells) => cells.map((cell) => `"${cell}"`).join(','))].join('\n'), 'a.csv');

/** Each prompt `copies` times, with another completion each time. */
const repeated = (prompts: number, copies: number) =>
  csv(Array.from({ length: prompts * copies }, (_, i) => [`Ask ${i % prompts}`, `Answer ${i}`] as const));

function findings(
  pairs: readonly [string, string][],
  lengths: Parameters<typeof checkInput>[2] = null,
): Finding[] {
  const examples = pairs.map(([text, label], row) => ({ row, line: row + 2, text, label }));
  const work = runChecks(checkInput(examples, null, lengths), WRITING_CHECKS);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value.filter(({ code }) => code !== 'few-rows');
  }
}

describe('splits', () => {
  it('no prompt stands in two of them, case and spacing aside', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => [
      [`Ask ${i}`, `one ${i}`] as const,
      [`  ASK   ${i}`, `two ${i}`] as const,
    ]).flat();
    const dataset = prepareWriting(await csv(rows), null, CONFIG);
    const keys = (['train', 'validation', 'test'] as const).map(
      (name) => new Set(dataset.splits[name].map((i) => textKey(dataset.pairs[i]?.text ?? ''))),
    );
    expect(keys.map(({ size }) => size)).toEqual([26, 6, 8]);
    expect(new Set(keys.flatMap((set) => [...set])).size).toBe(40);
  });

  it('every row is kept, rejected or left out, and pairs go with their conversations', async () => {
    const table = await csv([
      ...Array.from({ length: 60 }, (_, i) => [`Ask ${i}`, `Answer ${i}`] as const),
      ['', 'x'],
      ['y', ' '],
    ]);
    const dataset = surveyWriting(table, null, { ...CONFIG, limit: 25 });
    expect([dataset.rows, dataset.kept, dataset.rejected.length, dataset.leftOut]).toEqual([62, 25, 2, 35]);
    expect(Object.values(dataset.splits).flat().length).toBe(25);
    dataset.pairs.forEach(({ row, text, label }, i) => {
      expect(dataset.conversations[i]).toMatchObject({ row, turns: [{ content: text }, { content: label }] });
    });
  });

  it('an official test file is the test; what leaks from it is found and dropped', async () => {
    const main = await repeated(20, 1);
    const test = await csv([
      ['ask 3', 'Answer 3'],
      ['Ask 99', 'Answer 99'],
    ]);
    const dataset = surveyWriting(main, test, {
      ...CONFIG,
      fixes: [{ finding: 'leakage', action: 'drop-from-training' }],
    });
    expect(dataset.applied[0]?.effect).toBe('Removed 1 row.');
    expect(dataset.splits.test.map((i) => dataset.pairs[i]?.label)).toEqual(['Answer 3', 'Answer 99']);
    expect(dataset.conversations[dataset.splits.test[1] ?? -1]?.turns[0]?.content).toBe('Ask 99');
    expect(dataset.kept).toBe(21);
  });

  it('refuses what is too little', async () => {
    const few = await repeated(4, 1);
    expect(() => prepareWriting(few, null, CONFIG)).toThrow(/Only 4 usable rows: too few to train/);
    const same = await repeated(1, 20);
    expect(() => prepareWriting(same, null, CONFIG)).toThrow(/No rows are left for validation and test/);
  });

  it('chat: the same questions before the answer are the same prompt', async () => {
    const rows = [
      ...Array.from({ length: 12 }, (_, i) => chat(`q${i}`, 'a', 'and?', 'b')),
      ...Array.from({ length: 12 }, (_, i) => chat(`q${i}`, 'a', 'and?', 'c')),
    ];
    const dataset = prepareWriting(await jsonl(rows), null, {
      ...CONFIG,
      shape: { kind: 'chat', column: 'messages' },
    });
    expect(dataset.pairs[0]?.text).toBe('user: q0\nassistant: a\nuser: and?');
    const questions = questionsOf(dataset, dataset.splits.test);
    expect(questions.every(({ references }) => references.join() === 'b,c')).toBe(true);
    expect(questions.length * 2).toBe(dataset.splits.test.length);
  });
});

describe('checks', () => {
  it('finds nothing in good rows', () => {
    expect(
      findings([
        ['Write a haiku', 'Old pond'],
        ['Say yes', '👍'],
      ]),
    ).toEqual([]);
  });

  it.each<[string, [string, string][], Partial<Finding>]>([
    [
      'duplicates',
      [
        ['a?', 'b'],
        ['A?', 'b'],
      ],
      { severity: 'warning', examples: [1], count: 1 },
    ],
    [
      'empty-completion',
      [
        ['a?', '…'],
        ['b?', ' - '],
        ['c?', 'ok'],
      ],
      { severity: 'warning', examples: [0, 1] },
    ],
    [
      'echo',
      [
        ['Say it', ' say  IT '],
        ['b?', 'ok'],
      ],
      { severity: 'warning', examples: [0] },
    ],
    [
      'repeated-prompts',
      [
        ['a?', 'b'],
        ['c?', 'd'],
        ['a?', 'e'],
      ],
      { severity: 'info', examples: [0, 2] },
    ],
  ])('%s', (code, pairs, expected) => {
    const [found, ...others] = findings(pairs);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ code, ...expected });
  });

  it('long-completion says how many and how long', () => {
    const pairs = ['a', 'b', 'c'].map((text): [string, string] => [text, `${text} answer`]);
    const [found] = findings(pairs, { examples: [0, 2], tokens: [64, 300], limit: 64 });
    expect(found).toMatchObject({ code: 'long-completion', examples: [2] });
    expect(found?.title).toBe('1 completion of 2 (50 %) is longer than 64 tokens');
    expect(found?.why).toContain('300 tokens');
  });

  it.each([
    [
      'empty-completion',
      [
        ['a?', '-'],
        ['b?', 'c'],
      ],
      ['c'],
    ],
    [
      'echo',
      [
        ['a?', 'A?'],
        ['b?', 'c'],
      ],
      ['c'],
    ],
    [
      'duplicates',
      [
        ['a?', 'b'],
        ['a?', 'b'],
        ['a?', 'c'],
      ],
      ['b', 'c'],
    ],
  ] as const)('the fix of %s takes out what was found, with the reason', async (finding, rows, left) => {
    const action = finding === 'duplicates' ? 'keep-first' : 'drop';
    const dataset = surveyWriting(await csv(rows), null, { ...CONFIG, fixes: [{ finding, action }] });
    expect(dataset.pairs.map(({ label }) => label)).toEqual(left);
    expect(dataset.rejected).toMatchObject([{ code: finding, reason: expect.stringMatching(/\w+ \w+/) }]);
  });
});

const E2E = resolve(import.meta.dirname, '../../../../../shared/data/generate/e2e_nlg/devset.csv');
const isHere = existsSync(E2E);

it.skipIf(!isHere)(
  `e2e_nlg: no meaning representation straddles splits${isHere ? '' : ` (skipped: ${E2E} is missing)`}`,
  async () => {
    const table = await readTable(readFileSync(E2E), 'devset.csv', null, () => {});
    const shape = { kind: 'columns', system: '', prompt: '{{mr}}', completion: '{{ref}}' } as const;
    const dataset = prepareWriting(table, null, { ...CONFIG, shape });
    const where = new Map<string, Set<string>>();
    for (const [name, indices] of Object.entries(dataset.splits))
      for (const i of indices) {
        const mr = dataset.pairs[i]?.text ?? '';
        where.set(mr, (where.get(mr) ?? new Set()).add(name));
      }
    expect(where.size).toBe(547);
    expect([...where.values()].every(({ size }) => size === 1)).toBe(true);
    const questions = questionsOf(dataset, dataset.splits.test);
    expect(questions.reduce((sum, { references }) => sum + references.length, 0)).toBe(
      dataset.splits.test.length,
    );
    expect(dataset.splits.test.length / dataset.kept).toBeCloseTo(0.2, 2);
  },
);
