/** The run, read no more often than the eye follows. */
import { runStore } from '../../state/run';
import type { RunState } from '../../state/runReducer';
import { useFrame } from '../common/useFrame';

/** @param selector must return the same object for the same state. @param everyMs shortest time between renders */
export function useRunFrame<T>(selector: (run: RunState) => T, everyMs = 0): T {
  return useFrame(runStore, selector, everyMs);
}
