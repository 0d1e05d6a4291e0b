/** The named phases of a run and the time each took. */
import { breathe } from '../core/breathe';
import type { Phase, RunEvent } from '../core/events';
import type { RowProgress } from '../training/rows';

export interface PhaseClock {
  enter(phase: Phase): RunEvent;
  /** Seconds by phase so far. */
  seconds(): Record<string, number>;
}

export function phaseClock(now: () => number): PhaseClock {
  const spent = new Map<string, number>();
  let current: string | null = null;
  let since = now();
  const close = (): void => {
    const time = now();
    if (current) spent.set(current, (spent.get(current) ?? 0) + (time - since) / 1000);
    since = time;
  };
  return {
    enter(phase) {
      close();
      current = phase;
      return { type: 'phase', phase, done: 0, total: 0 };
    },
    seconds() {
      close();
      return Object.fromEntries(spent);
    },
  };
}

/** A row generator's progress as events of a phase, at most ten a second. */
export async function* reported<T>(
  phase: Phase,
  detail: string,
  rows: AsyncGenerator<RowProgress, T>,
  now: () => number,
): AsyncGenerator<RunEvent, T> {
  let last = Number.NEGATIVE_INFINITY;
  for (;;) {
    const { done, value } = await rows.next();
    if (done) return value;
    await breathe();
    if (now() - last < 100 && value.done < value.total) continue;
    last = now();
    yield { type: 'phase', phase, done: value.done, total: value.total, detail };
  }
}
