/** The run, read no more often than the eye follows: several events between two frames cost one render. */
import { useCallback, useSyncExternalStore } from 'react';
import { runStore } from '../../state/run';
import type { RunState } from '../../state/runReducer';

/** @param selector must return the same object for the same state. @param everyMs shortest time between renders */
export function useRunFrame<T>(selector: (run: RunState) => T, everyMs = 0): T {
  const subscribe = useCallback(
    (notify: () => void) => {
      let frame = 0;
      let timer = 0;
      const tell = (): void => {
        frame = 0;
        notify();
      };
      const changed = (): void => {
        if (frame !== 0 || timer !== 0) return;
        timer = window.setTimeout(() => {
          timer = 0;
          frame = requestAnimationFrame(tell);
        }, everyMs);
      };
      const stop = runStore.subscribe(changed);
      return () => {
        stop();
        clearTimeout(timer);
        cancelAnimationFrame(frame);
      };
    },
    [everyMs],
  );
  return useSyncExternalStore(subscribe, () => selector(runStore.getState()));
}
