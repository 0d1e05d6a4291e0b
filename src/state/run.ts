/** The run under way: the store around runReducer. */
import { z } from 'zod';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { forget, KEPT, keep, kept } from './persistence';
import { IDLE_RUN, type RunAction, type RunState, runReducer, type Telemetry } from './runReducer';

export const runStore = createStore<RunState>()(() => IDLE_RUN);

export function useRun<T>(selector: (run: RunState) => T): T {
  return useStore(runStore, selector);
}

export function dispatchRun(action: RunAction): void {
  runStore.setState(runReducer(runStore.getState(), action), true);
}

const telemetrySchema = z.object({ id: z.string(), telemetry: z.custom<Telemetry>(isTelemetry) });

/** Only this page writes it; the check guards against a version from before a change of shape. */
function isTelemetry(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return ['phase', 'loss', 'learningRate', 'evaluations', 'pinned', 'verdicts', 'warnings'].every(
    (key) => key in value,
  );
}

/** Keeps the curves at a checkpoint, for a resumed run to show. */
export function keepTelemetry(id: string, telemetry: Telemetry): void {
  keep(KEPT.telemetry.key, { id, telemetry });
}

export function keptTelemetry(id: string): Telemetry | null {
  const found = kept(KEPT.telemetry.key, telemetrySchema);
  return found?.id === id ? found.telemetry : null;
}

export function forgetTelemetry(): void {
  forget(KEPT.telemetry.key);
}
