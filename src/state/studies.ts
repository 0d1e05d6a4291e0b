/** Studies saved in this browser, and the one standing open under “Prompt or tune?”. */
import { z } from 'zod';
import { useStore } from 'zustand';
import { persist } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';
import type { StudyReport, StudyRows } from '../engine/core/study';
import type { Result, StudySummary } from '../workers/protocol';
import { jsonStorage, KEPT, mergeKept } from './persistence';

export interface OpenedStudy {
  report: StudyReport;
  rows: StudyRows | null;
}

const keptSchema = z.object({ openedId: z.string().nullable() });
type Kept = z.infer<typeof keptSchema>;

export interface Studies extends Kept {
  /** null until listed. */
  list: readonly StudySummary[] | null;
  opened: OpenedStudy | null;
  /** A study that stopped half-way in an earlier session. */
  interrupted: Result<'study.interrupted'>;
}

export const studiesStore = createStore<Studies>()(
  persist((): Studies => ({ openedId: null, list: null, opened: null, interrupted: null }), {
    name: KEPT.studies.key,
    version: KEPT.studies.version,
    storage: jsonStorage<Kept>(),
    partialize: ({ openedId }) => ({ openedId }),
    merge: mergeKept(keptSchema),
  }),
);

export function useStudies<T>(selector: (studies: Studies) => T): T {
  return useStore(studiesStore, selector);
}
