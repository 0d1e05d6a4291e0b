/** A store read no more often than the eye follows: several events between two frames cost one render. */
import { useCallback, useSyncExternalStore } from 'react';

interface Readable<S> {
  getState: () => S;
  subscribe: (listener: () => void) => () => void;
}

/** @param selector must return the same object for the same state. @param everyMs shortest time between renders */
export function useFrame<S, T>(store: Readable<S>, selector: (state: S) => T, everyMs = 0): T {
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
      const stop = store.subscribe(changed);
      return () => {
        stop();
        clearTimeout(timer);
        cancelAnimationFrame(frame);
      };
    },
    [store, everyMs],
  );
  return useSyncExternalStore(subscribe, () => selector(store.getState()));
}
