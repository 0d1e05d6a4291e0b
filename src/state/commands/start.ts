/** What happens when the page opens, and when its worker was lost: everything that must be brought back. */
import { activityStore } from '../activity';
import { engine } from '../client';
import { runsStore } from '../runs';
import { studiesStore } from '../studies';
import { restoreData, sweepData } from './data';
import { loadModels, startMachine } from './machine';
import { findInterrupted, listRuns, restoreOpenedRun } from './runs';
import { findInterruptedStudy, listStudies, restoreOpenedStudy } from './studies';

/** A worker that dies of the very data it opens must not be started for ever. */
const REOPEN_AGAIN_MS = 30_000;
/** Time for a page that was just reloaded to let go of its files, and for the new one to have come to rest. */
const SWEEP_AFTER_MS = 5000;

let started: Promise<void> | null = null;

/** Safe to call twice (React's strict mode does). */
export function start(): Promise<void> {
  started ??= open();
  return started;
}

async function open(): Promise<void> {
  let reopened = Number.NEGATIVE_INFINITY;
  engine.onLost(() => {
    if (performance.now() - reopened < REOPEN_AGAIN_MS) return;
    reopened = performance.now();
    // Later, so that the calls which failed with the worker have said so.
    setTimeout(() => void reopen());
  });
  // A run or study that another tab goes on with is waited for, a while; nothing else waits with it.
  void offerInterrupted();
  void offerInterruptedStudy();
  await Promise.all([
    ...[startMachine(), loadModels().then(restoreData)],
    ...[listRuns(), restoreOpenedRun(), listStudies(), restoreOpenedStudy()],
  ]);
  setTimeout(() => void sweepData(), SWEEP_AFTER_MS);
}

async function offerInterrupted(): Promise<void> {
  await findInterrupted();
  // Listed before it was let go of, it was taken for one that another tab trains and left out.
  if (runsStore.getState().interrupted) await listRuns();
}

async function offerInterruptedStudy(): Promise<void> {
  await findInterruptedStudy();
  if (studiesStore.getState().interrupted) await listStudies();
}

/** A fresh worker knows neither the machine nor the rows of the Data page. */
async function reopen(): Promise<void> {
  const machine = startMachine();
  // Reading that failed with the worker offers to try again; opening it unasked would hide what happened.
  if (activityStore.getState().data?.status !== 'failed') await restoreData();
  await machine;
}
