/** What happens when the page opens: the machine, the models, and everything that a reload must bring back. */
import { restoreData } from './data';
import { loadModels, startMachine } from './machine';
import { findInterrupted, listRuns, restoreOpenedRun } from './runs';

let started: Promise<void> | null = null;

/** Safe to call twice (React's strict mode does). */
export function start(): Promise<void> {
  started ??= open();
  return started;
}

async function open(): Promise<void> {
  await Promise.all([
    startMachine(),
    loadModels().then(restoreData),
    findInterrupted(),
    listRuns(),
    restoreOpenedRun(),
  ]);
}
