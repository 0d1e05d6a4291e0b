/** Long loops that report progress, let other messages in, and stop when asked. */

/** Plain words and how far along; `total` is 0 when unknown. Same shape as the worker protocol's progress. */
export type OnProgress = (progress: { label: string; done: number; total: number }) => void;

/** Milliseconds of work between two turns of the event loop. */
const SLICE_MS = 40;

export interface Pace {
  /**
   * Call often: cheap until a slice of work is used up, then reports, yields one turn, and throws the signal's
   * reason (an AbortError) when the caller cancelled.
   */
  step(label: string, done: number, total: number): Promise<void>;
}

export function createPace(onProgress: OnProgress, signal?: AbortSignal): Pace {
  let last = performance.now();
  return {
    step: async (label, done, total) => {
      signal?.throwIfAborted();
      if (performance.now() - last < SLICE_MS) return;
      onProgress({ label, done, total });
      await new Promise((resolve) => setTimeout(resolve, 0));
      signal?.throwIfAborted();
      last = performance.now();
    },
  };
}
