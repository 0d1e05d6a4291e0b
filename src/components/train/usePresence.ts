/** What the Train screen tells through the browser's tab, and what it notices of it. The shell keeps the screen awake. */
import { useEffect, useState } from 'react';
import { runStore } from '../../state/run';
import type { RunState } from '../../state/runReducer';
import { tabTitle } from './announce';
import { trainingShare } from './phases';

/** Progress in the tab's title, also while the tab is hidden. A new status renames the screen; this has the last word. */
export function useRunTitle(status: RunState['status']): void {
  useEffect(() => {
    const show = (): void => {
      const run = runStore.getState();
      const title = tabTitle(run, trainingShare(run));
      if (title !== null && title !== document.title) document.title = title;
    };
    show();
    return runStore.subscribe(show);
  }, [status]);
}

/** Seconds this tab has spent in the background while `active`; counted when it comes back. */
export function useHiddenSeconds(active: boolean): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (!active) return;
    setSeconds(0);
    let since: number | null = document.hidden ? performance.now() : null;
    const changed = (): void => {
      if (document.hidden) since = performance.now();
      else if (since !== null) {
        const spent = (performance.now() - since) / 1000;
        since = null;
        setSeconds((total) => total + spent);
      }
    };
    document.addEventListener('visibilitychange', changed);
    return () => document.removeEventListener('visibilitychange', changed);
  }, [active]);
  return seconds;
}
