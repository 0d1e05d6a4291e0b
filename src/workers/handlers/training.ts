/** What a run and a study have in common while they are under way. */
import { engineState } from '../engineState';
import { runLock, TRAINING_LOCK } from '../locks';
import { endTiming } from '../trainingSlot';
import { closeRun, whenUnused } from './openRun';

/**
 * Trains under the id's lock, with nothing timed beside it and no opened run in memory. `alone` is whether no other
 * tab trained when it began. @throws open-elsewhere
 */
export async function whileTraining<T>(id: string, work: (alone: boolean) => Promise<T>): Promise<T> {
  closeRun();
  await Promise.all([endTiming(), whenUnused()]);
  const { locks } = await engineState();
  const alone = !(await locks.held()).has(TRAINING_LOCK);
  const free = await locks.share(TRAINING_LOCK);
  try {
    return await locks.alone(runLock(id), () => work(alone));
  } finally {
    free();
  }
}

export interface Pausable {
  control: { paused: Promise<void> | null };
  /** Ends the pause. */
  go: () => void;
}

/** Holds what looks at `control.paused` until `go`. */
export function pause(mine: Pausable): void {
  mine.control.paused ??= new Promise((resolve) => {
    mine.go = () => {
      mine.control.paused = null;
      resolve();
    };
  });
}
