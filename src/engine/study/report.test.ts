import { expect, test } from 'vitest';
import { mcnemar } from '../core/paired';
import { ranked } from '../core/study';
import { armReport, STUDY_CONFIG } from '../testing/testStudy';
import type { ArmFile } from './artifacts';
import { withComparisons } from './report';

const EXPECTED = Array.from({ length: 40 }, () => 1);
const file = (key: string, predicted: (number | null)[]): ArmFile => {
  const asked = predicted.filter((guess) => guess !== null);
  const accuracy = asked.filter((guess) => guess === 1).length / asked.length;
  return { report: armReport(key, accuracy, { n: asked.length }), predicted, confidence: null };
};
const compared = (files: ArmFile[], reference: string, arms = STUDY_CONFIG.arms) =>
  withComparisons(files, EXPECTED, { arms, reference });

/** Right on the first 30 of 40 rows. */
const head = file(
  'head',
  EXPECTED.map((_, row) => (row < 30 ? 1 : 0)),
);
/** Asked the first ten alone, and right on nine. */
const some = file(
  'zero-shot',
  EXPECTED.map((_, row) => (row < 9 ? 1 : row < 10 ? 0 : null)),
);

test('an arm asked some of the rows is compared and ranked on those', () => {
  const arms = compared([head, some], 'head');
  expect(arms[1]?.accuracy).toBeGreaterThan(arms[0]?.accuracy ?? 1);
  expect(arms[1]?.versus).toMatchObject({ n: 10, fixed: 0, broken: 1, delta: -0.1 });
  expect(arms[0]?.pairs['zero-shot']).toEqual({ n: 10, ahead: 1, behind: 0 });
  expect(ranked(arms).map(({ id }) => id)).toEqual(['head', 'zero-shot']);
});

test('each p of a study is corrected for the others (Holm)', () => {
  const right = (hits: number) => EXPECTED.map((_, row) => (row < hits ? 1 : 0));
  const arms = compared([head, file('zero-shot', right(36)), file('majority', right(24))], 'head');
  const p = mcnemar(6, 0);
  expect(arms.map(({ versus }) => versus?.p)).toEqual([undefined, p, p]);
  expect(arms.map(({ versus }) => versus?.p_holm)).toEqual([undefined, 2 * p, 2 * p]);
  expect(p).toBeLessThan(0.05);
  expect(2 * p).toBeGreaterThan(0.05);
});

test('copies of one arm are named by what differs in them', () => {
  const choice = (key: string, settings: Record<string, number> = {}) => ({
    ...{ key, arm: 'few-shot', settings, training: {} },
  });
  const arms = [choice('few-shot'), choice('few-shot-2', { shots: 3 }), choice('few-shot-3', { shots: 3 })];
  const files = arms.map(({ key }) => file(key, head.predicted ?? []));
  expect(compared(files, 'few-shot', arms).map(({ label }) => label)).toEqual([
    'Prompt: a few examples, Examples of each label 5',
    'Prompt: a few examples, Examples of each label 3 2',
    'Prompt: a few examples, Examples of each label 3 3',
  ]);
  expect(compared(files.slice(1, 2), 'few-shot-2', arms.slice(1, 2))[0]?.label).toBe(
    'Prompt: a few examples',
  );
});
