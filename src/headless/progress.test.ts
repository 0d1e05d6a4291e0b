import { expect, test } from 'vitest';
import type { Comparison, RunReport } from '../engine/core/report';
import type { Estimate } from '../workers/protocol';
import type { TuneEvent } from './events';
import { createProgress } from './progress';

function linesOf(...events: readonly TuneEvent[]): string[] {
  const lines: string[] = [];
  const progress = createProgress(
    (line) => lines.push(...line.split('\n')),
    () => 0,
  );
  for (const event of events) progress(event);
  return lines;
}

function done(comparison: Pick<Comparison, 'fixed' | 'broken' | 'mcnemar_p'>): TuneEvent {
  const report = {
    before: { accuracy: 0.95 },
    after: { accuracy: 0.8, n: 60 },
    comparison,
    baselines: [],
    stopped_early: false,
    verdict: { code: 'learning', since: 0, message: 'It is learning.', advice: '' },
  };
  // Only what the lines are made of.
  return { type: 'done', report: report as unknown as RunReport };
}

test('flaws of the data are said before the run, one a line', () => {
  const first = { line: 6, reason: 'has no text in “text”' };
  const title = 'The same text carries two labels (14 rows)';
  const findings = [{ severity: 'warning', title }] as const;
  expect(linesOf({ type: 'checked', findings, rejected: 2, first })).toEqual([
    'rows not used: 2; the first: line 6 has no text in “text”',
    `data warning: ${title}`,
  ]);
  expect(linesOf({ type: 'checked', findings: [], rejected: 0, first: null })).toEqual([]);
});

test('time and memory are said before training, and what is short', () => {
  const estimate = { seconds: 65.2, peakBytes: 412_400_000, advice: null } as Estimate;
  expect(linesOf({ type: 'estimate', estimate })).toEqual(['about 1 min 5 s, 412 MB of memory at the most']);
  const advice = 'It needs about 5.4 GB at its peak. Take fewer rows per step.';
  expect(linesOf({ type: 'estimate', estimate: { ...estimate, seconds: null, advice } })).toEqual([
    '412 MB of memory at the most',
    `warning: ${advice}`,
  ]);
});

test.each([
  [
    { fixed: 1, broken: 12, mcnemar_p: 0.0034 },
    'result: WORSE than before tuning: 1 fixed and 12 broken test rows',
  ],
  [{ fixed: 12, broken: 1, mcnemar_p: 0.0034 }, 'result: better than before tuning: 12 fixed and 1 broken'],
  [{ fixed: 3, broken: 4, mcnemar_p: 1 }, 'result: not distinguishable from before tuning'],
  [{ fixed: 0, broken: 0, mcnemar_p: 1 }, 'result: no different from before tuning'],
])('the last line compares with before: %o', (comparison, words) => {
  const last = linesOf(done(comparison)).at(-1);
  expect(last).toContain(words);
  expect(last).toMatch(/\(McNemar p = [\d.]+\)$/);
});
