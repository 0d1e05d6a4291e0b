/** The bench from options to results: every part in turn, what was found wrong, and the table. */
import { writeFile } from 'node:fs/promises';
import { benchInference } from './host/inference';
import { commitOf, machineOf, versionsOf } from './host/machine';
import { benchMatMuls } from './host/matmul';
import { benchCounters } from './host/nullCounters';
import { type BenchOptions, readOptions, USAGE } from './host/options';
import { openPages } from './host/pages';
import { ratiosOf } from './host/ratios';
import type { Results, StepRow } from './host/results';
import { benchR1, benchR2 } from './host/steps';
import { describe } from './host/table';

/** Engines that start from the same weights must give the same first loss. */
const LOSS_GAP = 1e-3;
/** Sentence vectors from the same weights, element for element. */
const VECTOR_GAP = 1e-3;

/** Gaps of first losses from Hone's, and complaints about Hone and stock, whose times would compare nothing. */
function compareLosses(rows: readonly StepRow[]): { checks: Record<string, number>; faults: string[] } {
  const checks: Record<string, number> = {};
  const faults: string[] = [];
  const ours = rows.find(({ name, losses }) => name.startsWith('hone') && losses.length > 0);
  for (const { name, losses } of rows) {
    const [first] = losses;
    if (!ours || name === ours.name || first === undefined) continue;
    const gap = Math.abs(first - (ours.losses[0] as number));
    checks[`R1 first loss, ${name} against ${ours.name}`] = gap;
    if (!(gap <= LOSS_GAP)) faults.push(`${name} and ${ours.name} do not start from the same loss (${gap}).`);
  }
  return { checks, faults };
}

/** Installs what only the bench needs, when a part asks for it. */
export type InstallPeers = () => Promise<void>;

async function measure(
  options: BenchOptions,
  installPeers: InstallPeers,
): Promise<{ results: Results; faults: string[] }> {
  const started = performance.now();
  const results: Results = {
    date: new Date().toISOString(),
    mode: options.quick ? 'quick' : 'full',
    only: options.only,
    commit: commitOf(),
    machine: {},
    versions: {},
    seconds: 0,
    r1: [],
    r2: [],
    matmul: [],
    counters: [],
    inference: [],
    checks: {},
    notes: [],
    ratios: {},
  };
  const faults: string[] = [];
  const say = (what: string): void => {
    console.error(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${what}`);
  };
  const wantsCounters = options.wants('counters') && options.wantsEngine('hone', 'webgpu');
  if (options.wants('inference') && options.wantsEngine('ort', 'wasm')) await installPeers();
  say('Bundling the pages');
  const pages = await openPages();
  try {
    if (options.wants('r1')) {
      say('R1');
      results.r1 = await benchR1(pages, options);
      const { checks, faults: found } = compareLosses(results.r1);
      Object.assign(results.checks, checks);
      faults.push(...found);
    }
    if (options.wants('r2')) {
      say('R2 and R3');
      results.r2 = await benchR2(pages, options);
    }
    if (options.wants('matmul')) {
      say('Products');
      const { rows, errors } = await benchMatMuls(pages, options);
      results.matmul = rows;
      results.notes.push(...errors);
    }
    if (options.wants('inference') && options.wantsEngine('hone', 'wasm')) {
      say('Inference');
      const { rows, gap, notes } = await benchInference(pages, options);
      results.inference = rows;
      results.notes.push(...notes);
      if (gap !== null) results.checks['sentence vectors, hone against onnxruntime-web'] = gap;
      if (gap !== null && !(gap <= VECTOR_GAP)) faults.push(`Hone and onnxruntime-web differ by ${gap}.`);
    }
    if (wantsCounters) {
      say('Host cost on the null adapter');
      const { rows, errors } = await benchCounters(options);
      results.counters = rows;
      results.notes.push(...errors);
    }
    results.machine = machineOf(pages);
    results.versions = versionsOf(pages);
  } finally {
    await pages.close();
  }
  for (const { name, error } of [...results.r1, ...results.r2, ...results.inference]) {
    if (error === undefined) continue;
    results.notes.push(`${name}: ${error.split('\n')[0]}`);
    if (name.startsWith('hone')) faults.push(`${name} failed: ${error}`);
  }
  results.ratios = ratiosOf(results);
  results.seconds = Math.round((performance.now() - started) / 1000);
  return { results, faults };
}

/** @returns the exit code */
export async function main(args: string[], installPeers: InstallPeers): Promise<number> {
  const options = readOptions(args);
  if (!options) {
    console.log(USAGE);
    return 0;
  }
  const { results, faults } = await measure(options, installPeers);
  await writeFile(options.out, `${JSON.stringify(results, null, 2)}\n`);
  console.log(describe(results));
  console.log(`\n${options.out} written after ${results.seconds} s.`);
  for (const fault of faults) console.error(`FAILED: ${fault}`);
  return faults.length === 0 ? 0 : 1;
}
