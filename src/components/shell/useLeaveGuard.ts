/** While a run is under way, closing the tab asks first and the screen stays awake. */
import { useEffect } from 'react';
import { useRun } from '../../state/run';
import { isUnderWay } from '../../state/runReducer';

export function useLeaveGuard(): void {
  const busy = useRun(isUnderWay);
  useEffect(() => {
    if (!busy) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    let lock: WakeLockSentinel | null = null;
    let over = false;
    const stayAwake = async (): Promise<void> => {
      if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
      try {
        lock = await navigator.wakeLock.request('screen');
        if (over) await lock.release();
      } catch {
        // Refused on low battery, for instance; the run goes on all the same.
      }
    };
    const again = (): void => void stayAwake();
    document.addEventListener('visibilitychange', again);
    again();
    return () => {
      over = true;
      window.removeEventListener('beforeunload', ask);
      document.removeEventListener('visibilitychange', again);
      void lock?.release();
    };
  }, [busy]);
}
