/** One thing trains at a time in a tab, a run or a study; what is timed meanwhile is timed wrong, so it ends. */
import { deviceIsLost } from '../engine/backend/start';
import { EngineError } from '../engine/core/errors';

let occupant: string | null = null;
let timing: { unwanted: AbortController; ended: Promise<unknown> } | null = null;

/** The id of what trains here, or null. */
export function trainingHere(): string | null {
  return occupant;
}

/** Takes the slot until the answer is called. Timed work is to be ended before anything else. @throws run-under-way */
export function occupy(id: string): () => void {
  if (occupant !== null) {
    throw new EngineError({
      code: 'run-under-way',
      message: 'Another run is under way.',
      hint: 'Wait for it, or stop it on the Train page, or under “Prompt or tune?”.',
    });
  }
  occupant = id;
  return () => {
    occupant = null;
  };
}

/** Resolves when nothing is timed any more: what comes next may compute elsewhere. */
export async function endTiming(): Promise<void> {
  timing?.unwanted.abort();
  await timing?.ended;
}

/** Does timed work that ends when training begins, or when newer timed work does. */
export async function timed<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const unwanted = new AbortController();
  const either = AbortSignal.any([signal, unwanted.signal]);
  const before = endTiming();
  const done = (async () => {
    await before;
    either.throwIfAborted();
    return work(either);
  })();
  const mine = { unwanted, ended: done.catch(() => undefined) };
  timing = mine;
  try {
    return await done;
  } finally {
    if (timing === mine) timing = null;
  }
}

/** How long the news of a lost device may lag behind the work that failed by it. */
const LOSS_NEWS_MS = 500;

/** The loss of the device where that is what made work fail, else the error itself. */
export async function lossOf(error: unknown): Promise<unknown> {
  if (!(await deviceIsLost(LOSS_NEWS_MS))) return error;
  return new EngineError(
    {
      code: 'device-lost',
      message: 'The graphics card was reset by the system.',
      hint: 'The run goes on from its last checkpoint. If this comes again, choose the processor in the top bar.',
    },
    { cause: error },
  );
}
