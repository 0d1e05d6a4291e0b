import { expect, test } from 'vitest';
import type { ArmReport, StudyReport } from '../engine/core/study';
import { studyTable } from './studyTable';

const arm = (id: string, accuracy: number, rest: Partial<ArmReport> = {}) => ({
  ...{ id, accuracy, macro_f1: accuracy - 0.01, n: 120, status: 'finished', error: null },
  ...{ ci95: { accuracy: [accuracy - 0.05, accuracy + 0.04], macro_f1: [0, 1] }, versus: null },
  ...{ trainable_parameters: 0, bytes: 0, train_s: 0.2, prompt_tokens: 14.62 },
  ...rest,
});

test('the best arm comes first, what it beats is named, and what failed is no row of zeros but its reason', () => {
  const versus = { delta: 0.25, ci95: [0.1, -0.02], p_holm: 0.0002 };
  const arms = [
    arm('zero-shot', 0.5),
    arm('lora', 0.75, {
      versus: versus as ArmReport['versus'] & object,
      trainable_parameters: 148_608,
      bytes: 594_432,
      train_s: 65,
    }),
    arm('full', 0, {
      status: 'failed',
      error: { code: 'out-of-memory', message: 'No room.' } as ArmReport['error'],
    }),
  ];
  // Only what the lines are made of.
  const report = { arms, config: { reference: 'zero-shot' } } as unknown as StudyReport;
  const [head, rule, ...lines] = studyTable(report);
  const cells = (line = ''): string[] =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1);
  expect(cells(head)).toContain('against zero-shot');
  expect(cells(lines[0])).toEqual([
    ...['lora', '75.0', '70.0 to 79.0', '74.0', '+25.0', '+10.0 to -2.0', '< 0.001'],
    ...['148,608', '594 kB', '1 min 5 s', '14.6'],
  ]);
  expect(cells(lines[1]).slice(0, 7)).toEqual(['zero-shot', '50.0', '45.0 to 54.0', '49.0', '–', '–', '–']);
  expect(lines[2]).toBe('full: failed, No room.');
  expect(new Set([head, rule, lines[0], lines[1]].map((line) => line?.length)).size).toBe(1);
});
