import { expect, test } from 'vitest';
import { exportInput } from '../export/testInput';
import { endingOf, runReportSchema } from './report';

const { report } = exportInput();

test.each([
  [{ stopped_early: false }, null],
  [{ stopped_early: true, stopped_by: 'patience' }, 'early: no longer better'],
  [{ stopped_early: true, stopped_by: 'hand' }, 'by hand'],
  // A run saved before the two were told apart.
  [{ stopped_early: true }, 'before its last planned step'],
] as const)('%o ended %s', (ending, words) => {
  const read = runReportSchema.parse(JSON.parse(JSON.stringify({ ...report, ...ending })));
  expect(endingOf(read)).toBe(words);
});
