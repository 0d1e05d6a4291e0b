/** `npm test`: installs what is missing, then every check there is. The last line sums the tests. */
import './node.mjs';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { ensureBrowser } from './browser.mjs';
import { build } from './build.mjs';
import { run, tool } from './command.mjs';
import { ensurePackages } from './packages.mjs';
import { countJourneys, countUnit, summaryLine } from './results.mjs';

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
  await stage('op tests', () => succeed(process.execPath, 'scripts/optests.mjs'));
  if (await stage('build', build))
    await stage('journeys', () => succeed(tool('playwright'), 'test', '--project=journeys'));
}

console.log('\n── summary');
for (const { name, seconds, failed } of stages) {
  console.log(`${failed ? 'FAILED' : 'ok    '}  ${name.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s`);
}
const journeys = countJourneys(readResult(JOURNEYS_RESULT));
const unit = countUnit(readResult(UNIT_RESULT));
const failed = unit.failed + journeys.failed;
for (const name of journeys.flaky) console.log(`FLAKY   ${name}: passed at its second try`);
console.log(
  `\n${summaryLine({ passed: unit.passed + journeys.passed, failed, flaky: journeys.flaky.length })}`,
);
process.exitCode = stages.some((each) => each.failed) || failed > 0 ? 1 : 0;
