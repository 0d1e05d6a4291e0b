/** WebGPU commands and host time of a steady R1 step, on Dawn's null adapter. */

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { build } from 'vite';
import { median } from '../../src/engine/bench/timing';
import type { GpuCounts } from '../jobs';
import type { BenchOptions } from './options';
import type { CounterRow } from './results';
import { inTurns } from './rounds';

const FOLDER = '.cache/bench/node';

async function bundle(): Promise<string> {
  await build({
    configFile: 'vite.config.ts',
    logLevel: 'warn',
    publicDir: false,
    // One file with everything in it: TensorFlow.js's packages do not load in Node one by one.
    ssr: { target: 'webworker', noExternal: true },
    build: { ssr: 'bench/nullAdapter.ts', outDir: FOLDER, emptyOutDir: true, minify: false },
  });
  return path.join(FOLDER, 'nullAdapter.js');
}

function measure(
  program: string,
  name: string,
  warmup: number,
  steps: number,
): { ms: number[]; counts: GpuCounts } {
  const args = ['bench/host/nullAdapter.mjs', program, name, warmup, steps].map(String);
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 240_000,
  });
  const line = stdout.split('\n').find((each) => each.startsWith('{"ms"'));
  if (status === 0 && line) return JSON.parse(line) as { ms: number[]; counts: GpuCounts };
  throw new Error(`exit code ${status}: ${(stderr || stdout).trim().split('\n').slice(-5).join(' ')}`);
}

export async function benchCounters(
  options: BenchOptions,
): Promise<{ rows: CounterRow[]; errors: string[] }> {
  const program = await bundle();
  const names = (['hone', 'stock'] as const).filter((name) => options.wantsEngine(name, 'webgpu'));
  const [warmup, steps] = options.quick ? [5, 10] : [10, 30];
  const turns = { rounds: options.otherRounds, patienceMs: options.patienceMs };
  const outcomes = await inTurns(names, turns, async (name) => measure(program, name, warmup, steps));
  const rows: CounterRow[] = [];
  const errors: string[] = [];
  for (const [name, outcome] of outcomes) {
    if ('error' in outcome) {
      errors.push(`null adapter, ${name}: ${outcome.error}`);
      continue;
    }
    const { counts } = outcome.rounds.at(-1) as { counts: GpuCounts };
    rows.push({ name, ...counts, hostMs: median(outcome.rounds.map(({ ms }) => median(ms))) });
  }
  return { rows, errors };
}
