/** Warm-up, then timed repeats. */
import { breathe } from '../core/breathe';

/** At most so many; fewer when they take longer than `enoughMs`, but one, and `leastWarmup` before it. */
export interface Times {
  warmup: number;
  leastWarmup: number;
  steps: number;
  enoughMs: number;
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

/** Milliseconds of each timed run of `work`. */
export async function timeRuns(
  work: () => Promise<unknown>,
  { warmup, leastWarmup, steps, enoughMs }: Times,
): Promise<number[]> {
  await repeat({ least: leastWarmup, most: Math.max(warmup, leastWarmup), enoughMs }, work);
  return repeat({ least: 1, most: steps, enoughMs }, work);
}

/** The middle value; the mean of the middle two of an even number. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const at = (i: number): number => sorted[i] ?? Number.NaN;
  return Number.isInteger(middle) ? (at(middle - 1) + at(middle)) / 2 : at(Math.floor(middle));
}

export interface ProductTimes {
  /** How long a round should take, for the clock. */
  roundMs: number;
  rounds: number;
}

/**
 * Milliseconds of one product, best of its rounds. `run(n)` multiplies n times and resolves when all are done; n
 * grows until a round takes long enough.
 */
export async function timeProduct(
  run: (repeats: number) => Promise<void>,
  { roundMs, rounds }: ProductTimes,
): Promise<number> {
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
  return Math.min(...times) / repeats;
}
