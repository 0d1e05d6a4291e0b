/** `npm test`: installs what is missing, then every check there is. The last line sums the tests. */
import './node.mjs';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { ensureBrowser } from './browser.mjs';
import { build } from './build.mjs';
import { run, tool } from './command.mjs';
import { ensurePackages } from './packages.mjs';

const UNIT_RESULT = 'test-results/unit.json';
const JOURNEYS_RESULT = 'test-results/journeys.json';

/** @type {{ name: string, seconds: number, failed: boolean }[]} */
const stages = [];

/**
 * @param {string} name
 * @param {() => Promise<unknown>} work fails by throwing
 */
async function stage(name, work) {
  console.log(`\n── ${name}`);
  const started = performance.now();
  let failed = false;
  try {
    await work();
  } catch (error) {
    failed = true;
    console.error(error instanceof Error ? error.message : error);
  }
  const seconds = (performance.now() - started) / 1000;
  stages.push({ name, seconds, failed });
  return !failed;
}

/**
 * @param {string} command
 * @param {...string} args
 */
async function succeed(command, ...args) {
  const code = await run(command, args);
  if (code !== 0) throw new Error(`${args[0] ?? command}: exit code ${code}`);
}

/** @param {string} file */
function readResult(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

/** A test file that could not be loaded holds no test, and still is one failure. */
function countUnit() {
  const result = readResult(UNIT_RESULT);
  if (!result) return { passed: 0, failed: 1 };
  /** @type {{ status: string, assertionResults: unknown[] }[]} */
  const files = result.testResults;
  const unloaded = files.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.length,
  );
  return { passed: result.numPassedTests, failed: result.numFailedTests + unloaded.length };
}

function countJourneys() {
  const result = readResult(JOURNEYS_RESULT);
  if (!result) return { passed: 0, failed: 1 };
  const { expected, unexpected, flaky } = result.stats;
  return { passed: expected + flaky, failed: unexpected + result.errors.length };
}

for (const result of [UNIT_RESULT, JOURNEYS_RESULT]) rmSync(result, { force: true });
const ready = (await stage('packages', ensurePackages)) && (await stage('browser', ensureBrowser));
if (ready) {
  await stage('lint', () => succeed(tool('biome'), 'ci', '.'));
  await stage('types', () => succeed(tool('tsc'), '--noEmit'));
  await stage('layers', () => succeed(process.execPath, 'scripts/layers.mjs'));
  await stage('unused', () => succeed(tool('knip')));
  await stage('unit tests', () =>
    succeed(
      tool('vitest'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${UNIT_RESULT}`,
    ),
  );
  if (await stage('build', build))
    await stage('journeys', () => succeed(tool('playwright'), 'test', '--project=journeys'));
}

console.log('\n── summary');
for (const { name, seconds, failed } of stages) {
  console.log(`${failed ? 'FAILED' : 'ok    '}  ${name.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s`);
}
const counts = [countUnit(), countJourneys()];
const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = stages.some((each) => each.failed) || failed > 0 ? 1 : 0;
