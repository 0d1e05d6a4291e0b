/** What the reports of Vitest and Playwright come to. Pure, so that the tests of the tests have tests. */

/**
 * A test file that could not be loaded holds no test, and still is one failure; so is a report that is not there.
 * @param {any} result Vitest's JSON report
 */
export function countUnit(result) {
  if (!result) return { passed: 0, failed: 1 };
  /** @type {{ status: string, assertionResults: unknown[] }[]} */
  const files = result.testResults;
  const unloaded = files.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.length,
  );
  return { passed: result.numPassedTests, failed: result.numFailedTests + unloaded.length };
}

/**
 * A journey that passed at its second try has passed, and is named: chance decides nothing unseen.
 * @param {any} result Playwright's JSON report
 * @returns {{ passed: number, failed: number, flaky: string[] }}
 */
export function countJourneys(result) {
  if (!result) return { passed: 0, failed: 1, flaky: [] };
  const { expected, unexpected, flaky } = result.stats;
  return {
    passed: expected + flaky,
    failed: unexpected + result.errors.length,
    flaky: result.suites.flatMap(flakyIn),
  };
}

/**
 * @param {any} suite of Playwright's report: specs, and suites within it
 * @returns {string[]}
 */
function flakyIn({ specs = [], suites = [] }) {
  const own = specs.filter((/** @type {any} */ spec) =>
    spec.tests.some((/** @type {any} */ test) => test.status === 'flaky'),
  );
  return [
    ...own.map((/** @type {any} */ spec) => `${spec.file}:${spec.line} ${spec.title}`),
    ...suites.flatMap(flakyIn),
  ];
}

/** @param {{ passed: number, failed: number, flaky: number }} counts */
export function summaryLine({ passed, failed, flaky }) {
  const told = flaky === 0 ? '' : ` (${flaky} of the passed flaky)`;
  return `${passed} passed, ${failed} failed${told}`;
}
