/** While a run or a study is under way, closing the tab asks first and the screen stays awake. */
import { useEffect } from 'react';
import { useRun } from '../../state/run';
import { isUnderWay } from '../../state/runReducer';
import { useStudy } from '../../state/study';
import { isStudyUnderWay } from '../../state/studyReducer';

export function useLeaveGuard(): void {
  const running = useRun(isUnderWay);
  const studying = useStudy(isStudyUnderWay);
  const busy = running || studying;
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
