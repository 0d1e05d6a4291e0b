/** Training steps timed, with the losses and the commands of the last. */
import type { R1Trainer } from '../src/engine/bench/r1';
import { type Times, timeRuns } from '../src/engine/bench/timing';
import { takeGpuCounts } from './counters';
import type { GpuCounts } from './jobs';

interface Timed {
  ms: number[];
  losses: number[];
  counts: GpuCounts;
}

export async function timeSteps(step: R1Trainer['step'], times: Times): Promise<Timed> {
  const losses: number[] = [];
  const ms = await timeRuns(async () => {
    takeGpuCounts();
    losses.push(await step());
  }, times);
  return { ms, losses, counts: takeGpuCounts() };
}
