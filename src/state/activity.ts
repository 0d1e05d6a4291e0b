/**
 * What is going on per area of the page: nothing, work in progress, or an error with its way out. One place, so
 * every command reports the same way and a newer call always replaces the older one.
 */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { type ErrorData, toErrorData } from '../engine/core/errors';
import type { Progress } from '../workers/protocol';

export type Area =
  | 'address'
  | 'machine'
  | 'bench'
  | 'data'
  | 'check'
  | 'test-file'
  | 'samples'
  | 'models'
  | 'stored-models'
  | 'import-model'
  | 'hub'
  | 'download'
  | 'estimate'
  | 'runs'
  | 'interrupted'
  | 'open-run'
  | 'run-file'
  | 'study-estimate'
  | 'studies'
  | 'open-study'
  | 'restate'
  | 'study-file'
  | 'workshop-file'
  | 'overlay'
  | 'predict'
  | 'describe'
  | 'export-preview'
  | 'export';

export type Activity =
  | { status: 'idle' }
  | { status: 'busy'; label: string; progress: Progress | null }
  | { status: 'failed'; error: ErrorData };

type ActivityState = Partial<Record<Area, Activity>>;

export const activityStore = createStore<ActivityState>()(() => ({}));
const IDLE: Activity = { status: 'idle' };

export function useActivity(area: Area): Activity {
  return useStore(activityStore, (state) => state[area] ?? IDLE);
}

export function dismissError(area: Area): void {
  if (activityStore.getState()[area]?.status === 'failed') activityStore.setState({ [area]: IDLE });
}

const running = new Map<Area, AbortController>();

/** Ends what is going on in an area; silent when nothing is. */
export function abortArea(area: Area): void {
  running.get(area)?.abort();
  running.delete(area);
  activityStore.setState({ [area]: IDLE });
}

export interface Attempt {
  signal: AbortSignal;
  onEvent: (progress: Progress | null) => void;
}

/**
 * Runs one piece of work in an area. A newer attempt in the same area aborts this one, whose outcome is then
 * dropped: the promise resolves to null, as it does after an error (which the area then shows).
 */
export async function attempt<T>(
  area: Area,
  label: string,
  work: (context: Attempt) => Promise<T>,
): Promise<T | null> {
  running.get(area)?.abort();
  const controller = new AbortController();
  running.set(area, controller);
  const current = (): boolean => running.get(area) === controller;
  activityStore.setState({ [area]: { status: 'busy', label, progress: null } });
  try {
    const result = await work({
      signal: controller.signal,
      onEvent: (progress) => {
        if (current()) activityStore.setState({ [area]: { status: 'busy', label, progress } });
      },
    });
    if (!current()) return null;
    activityStore.setState({ [area]: IDLE });
    return result;
  } catch (thrown) {
    if (!current()) return null;
    const error = toErrorData(thrown);
    activityStore.setState({ [area]: error.code === 'cancelled' ? IDLE : { status: 'failed', error } });
    return null;
  } finally {
    if (current()) running.delete(area);
  }
}
