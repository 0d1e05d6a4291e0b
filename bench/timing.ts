/** Warm-up, then timed repeats. */
import type { R1Trainer } from '../src/engine/bench/r1';
import { breathe } from '../src/engine/core/breathe';
import { takeGpuCounts } from './counters';
import type { GpuCounts, MatMulTime, Times } from './jobs';

interface Timed {
  ms: number[];
  losses: number[];
  /** Of the last step. */
  counts: GpuCounts;
}

/** Runs `work` `least` to `most` times and stops when that took long enough. */
async function repeat(
  { least, most, enoughMs }: { least: number; most: number; enoughMs: number },
  work: () => Promise<unknown>,
): Promise<number[]> {
  const ms: number[] = [];
  let total = 0;
  while (ms.length < most && (ms.length < least || total < enoughMs)) {
    // As between the steps of a run. Without it a worker's own workers never come up.
    await breathe();
    const started = performance.now();
    await work();
    const took = performance.now() - started;
    ms.push(took);
    total += took;
  }
  return ms;
}

/** Warm-up, then the milliseconds of each timed run. */
export async function timeRuns(
  work: () => Promise<unknown>,
  { warmup, leastWarmup, steps, enoughMs }: Times,
): Promise<number[]> {
  await repeat({ least: leastWarmup, most: Math.max(warmup, leastWarmup), enoughMs }, work);
  return repeat({ least: 1, most: steps, enoughMs }, work);
}

export async function timeSteps(step: R1Trainer['step'], times: Times): Promise<Timed> {
  const losses: number[] = [];
  const ms = await timeRuns(async () => {
    takeGpuCounts();
    losses.push(await step());
  }, times);
  return { ms, losses, counts: takeGpuCounts() };
}

/**
 * Milliseconds of one product. `run(n)` multiplies n times and resolves when all are done; n grows until a round
 * takes long enough for the clock.
 */
export async function timeProduct(
  run: (repeats: number) => Promise<void>,
  { roundMs, rounds }: { roundMs: number; rounds: number },
): Promise<MatMulTime> {
  await run(1);
  const measure = async (repeats: number): Promise<number> => {
    await breathe();
    const started = performance.now();
    await run(repeats);
    return performance.now() - started;
  };
  let repeats = 1;
  let took = await measure(repeats);
  while (took < roundMs / 2 && repeats < 1000) {
    repeats = Math.min(1000, Math.max(repeats * 2, Math.ceil((repeats * roundMs) / Math.max(took, 0.05))));
    took = await measure(repeats);
  }
  const times = [took];
  for (let i = 1; i < rounds; i++) times.push(await measure(repeats));
  return { ms: Math.min(...times) / repeats };
}
