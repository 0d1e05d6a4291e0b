/** R1, R2 and R3: training steps of every engine that can take them. */

import { R1, stepFlop } from '../../src/engine/bench/r1';
import { median } from '../../src/engine/bench/timing';
import type { R2Method, StepTimes } from '../jobs';
import type { BenchOptions } from './options';
import type { Contender, Pages } from './pages';
import { torchR1 } from './python';
import type { StepRow } from './results';
import { inTurns, type Outcome, SLOW_ROUND_MS } from './rounds';

export const R2_SHAPE = { rows: 16, length: 64, layers: 6, width: 384, heads: 12, feedForward: 1536 };

function row(name: string, outcome: Outcome<StepTimes> | undefined, flop: number | null): StepRow {
  const empty = { ms: null, rounds: [], tokensPerSecond: null, gflops: null, peakBytes: null };
  if (!outcome || 'error' in outcome) {
    const error = outcome?.error ?? 'not run';
    return { name, ...empty, liveBytes: null, gpu: null, losses: [], error };
  }
  const rounds = outcome.rounds.map(({ ms }) => median(ms));
  const ms = median(rounds);
  const last = outcome.rounds.at(-1) as StepTimes;
  const lives = outcome.rounds.flatMap(({ liveBytes }) => liveBytes ?? []);
  return {
    name,
    ms,
    rounds,
    tokensPerSecond: (last.tokens / ms) * 1000,
    gflops: flop === null ? null : flop / ms / 1e6,
    peakBytes: Math.max(...outcome.rounds.map(({ peakBytes }) => peakBytes)) || null,
    liveBytes: lives.length > 0 ? Math.max(...lives) : null,
    gpu: last.gpu,
    losses: last.losses,
  };
}

export const nameOf = ({ engine, place }: Contender): string => `${engine} ${place}`;

/** In the order in which they take turns. */
export const CONTENDERS: readonly Contender[] = [
  { engine: 'hone', place: 'wasm' },
  { engine: 'stock', place: 'wasm' },
  { engine: 'jax', place: 'wasm' },
  { engine: 'hone', place: 'webgpu' },
  { engine: 'stock', place: 'webgpu' },
  { engine: 'jax', place: 'webgpu' },
];

export async function benchR1(pages: Pages, options: BenchOptions): Promise<StepRow[]> {
  const isHopeless = ({ engine, place }: Contender): boolean =>
    options.quick && pages.isSoftware && engine === 'jax' && place === 'webgpu';
  const entries: (Contender | 'torch')[] = CONTENDERS.filter(
    (contender) => options.wantsEngine(contender.engine, contender.place) && !isHopeless(contender),
  );
  if (options.wantsTorch) entries.push('torch');
  const paramsFor = ({ engine, place }: Contender) => {
    const times = options.timesFor(engine);
    // Stock TensorFlow.js takes seconds a step; a batch of two texts compiles and packs the same.
    const isSlow = options.quick && engine === 'stock' && (place === 'wasm' || pages.isSoftware);
    return { shape: R1, ...times, ...(isSlow ? { warmRows: 2, warmup: 0, leastWarmup: 0 } : {}) };
  };
  const outcomes = await inTurns(entries, options, (entry) =>
    entry === 'torch'
      ? torchR1(options.timesFor('torch'), pages.threads)
      : pages.visit(entry, (page) => page.run('r1', paramsFor(entry))),
  );
  return entries.map((entry) =>
    row(entry === 'torch' ? 'torch cpu' : nameOf(entry), outcomes.get(entry), stepFlop(R1)),
  );
}

interface R2Entry extends Contender {
  method: R2Method;
}

/** Stock TensorFlow.js takes minutes a step of it on a software adapter, which R1 already tells. */
const R2_ENTRIES: readonly R2Entry[] = [
  { engine: 'hone', place: 'wasm', method: 'full' },
  { engine: 'hone', place: 'wasm', method: 'lora' },
  { engine: 'hone', place: 'wasm', method: 'lora-default' },
  { engine: 'hone', place: 'wasm', method: 'layerwise' },
  { engine: 'stock', place: 'wasm', method: 'full' },
  { engine: 'hone', place: 'webgpu', method: 'full' },
  { engine: 'hone', place: 'webgpu', method: 'lora' },
  { engine: 'hone', place: 'webgpu', method: 'layerwise' },
];

export async function benchR2(pages: Pages, options: BenchOptions): Promise<StepRow[]> {
  const entries = R2_ENTRIES.filter(({ engine, place, method }) => {
    if (!options.wantsEngine(engine, place)) return false;
    // Where minutes are short: what the ratios need.
    return (
      !options.quick ||
      (engine === 'hone' && method !== 'lora-default' && (place === 'wasm' || !pages.isSoftware))
    );
  });
  const { rows, length } = R2_SHAPE;
  const turns = { rounds: options.otherRounds, patienceMs: SLOW_ROUND_MS };
  const outcomes = await inTurns(entries, turns, ({ method, ...contender }) =>
    pages.visit(contender, (page) =>
      page.run('r2', { method, rows, length, ...options.timesFor(contender.engine) }),
    ),
  );
  return entries.map((entry) =>
    row(
      `${nameOf(entry)} ${entry.method}`,
      outcomes.get(entry),
      entry.method === 'full' ? stepFlop(R2_SHAPE) : null,
    ),
  );
}
