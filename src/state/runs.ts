/** Runs saved in this browser, and the one standing open in Compare and Export. */
import { z } from 'zod';
import { useStore } from 'zustand';
import { persist } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';
import type { RunConfig } from '../engine/core/config';
import type { Predictions, RunReport } from '../engine/core/report';
import type { Result, RunSummary } from '../workers/protocol';
import { jsonStorage, KEPT, mergeKept } from './persistence';

export interface OpenedRun {
  report: RunReport;
  predictions: Predictions;
}

export interface InterruptedRun {
  id: string;
  name: string;
  config: RunConfig;
  step: number;
  totalSteps: number;
}

export type ExportPreview = Result<'export.preview'>;

const keptSchema = z.object({ openedId: z.string().nullable() });

export interface Runs extends z.infer<typeof keptSchema> {
  /** null until listed. */
  list: readonly RunSummary[] | null;
  opened: OpenedRun | null;
  /** A run that stopped half-way in an earlier session. */
  interrupted: InterruptedRun | null;
  /** The export of the opened run. */
  preview: ExportPreview | null;
}

export const runsStore = createStore<Runs>()(
  persist((): Runs => ({ openedId: null, list: null, opened: null, interrupted: null, preview: null }), {
    name: KEPT.runs.key,
    version: KEPT.runs.version,
    storage: jsonStorage<{ openedId: string | null }>(),
    partialize: ({ openedId }) => ({ openedId }),
    merge: mergeKept(keptSchema),
  }),
);

export function useRuns<T>(selector: (runs: Runs) => T): T {
  return useStore(runsStore, selector);
}
