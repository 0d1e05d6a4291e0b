/** The counting of `npm test` itself; it stands here because tests are looked for beside the sources. */
import { expect, test } from 'vitest';
import { countJourneys, countUnit, summaryLine } from '../../scripts/results.mjs';

function spec(title: string, status: string) {
  return { file: 'control.spec.ts', line: 9, title, tests: [{ status }] };
}

test('a flaky journey has passed, and is counted and named wherever it stands', () => {
  const counted = countJourneys({
    stats: { expected: 2, unexpected: 1, flaky: 2 },
    errors: [],
    suites: [
      {
        specs: [spec('steady', 'expected'), spec('shaky', 'flaky')],
        suites: [{ specs: [spec('broken', 'unexpected'), spec('shaky within', 'flaky')] }],
      },
    ],
  });
  expect(counted).toEqual({
    passed: 4,
    failed: 1,
    flaky: ['control.spec.ts:9 shaky', 'control.spec.ts:9 shaky within'],
  });
  expect(summaryLine({ ...counted, flaky: counted.flaky.length })).toBe(
    '4 passed, 1 failed (2 of the passed flaky)',
  );
});

test('without a flaky one the line is the plain one, and what is missing has failed', () => {
  expect(summaryLine({ passed: 7, failed: 0, flaky: 0 })).toBe('7 passed, 0 failed');
  expect(countJourneys(null)).toEqual({ passed: 0, failed: 1, flaky: [] });
  expect(countUnit(null)).toEqual({ passed: 0, failed: 1 });
});

test('a test file that could not be loaded is one failure', () => {
  const testResults = [
    { status: 'failed', assertionResults: [] },
    { status: 'failed', assertionResults: [{}] },
    { status: 'passed', assertionResults: [{}, {}] },
  ];
  expect(countUnit({ numPassedTests: 2, numFailedTests: 1, testResults })).toEqual({ passed: 2, failed: 2 });
});
