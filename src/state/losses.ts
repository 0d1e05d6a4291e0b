/** What may go away under work that is sound itself and goes on from what is stored. */
import type { ErrorData } from '../engine/core/errors';
import { engine } from './client';

const LOSSES: Readonly<Record<string, { cause: string; workerStays: boolean }>> = {
  'device-lost': { cause: 'The graphics card was reset by the system.', workerStays: true },
  'thread-lost': { cause: 'One of the processor’s threads ended.', workerStays: true },
  'worker-lost': { cause: 'The engine stopped.', workerStays: false },
};
export const MAX_RECOVERIES = 3;

export function isLoss({ code }: ErrorData): boolean {
  return Object.hasOwn(LOSSES, code);
}

/** Ends the worker that a loss made useless, where it has not ended itself; answers what happened. */
export function endWorker({ code }: ErrorData): string {
  const { cause, workerStays } = LOSSES[code] as (typeof LOSSES)[string];
  if (workerStays) engine.restart(cause);
  return cause;
}
