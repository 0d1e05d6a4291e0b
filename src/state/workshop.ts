/** The workshop that this page is in, and what of the page it shows. Kept, so that a reload stays in it. */
import { z } from 'zod';
import { useStore } from 'zustand';
import { persist } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';
import { type Workshop, workshopSchema } from '../engine/core/workshop';
import { jsonStorage, KEPT, mergeKept } from './persistence';

const keptSchema = z.object({ open: workshopSchema.nullable() });
type Kept = z.infer<typeof keptSchema>;

export const workshopStore = createStore<Kept>()(
  persist((): Kept => ({ open: null }), {
    name: KEPT.workshop.key,
    version: KEPT.workshop.version,
    storage: jsonStorage<Kept>(),
    merge: mergeKept(keptSchema),
  }),
);

export function useWorkshop(): Workshop | null {
  return useStore(workshopStore, ({ open }) => open);
}

const EVERYTHING: Workshop['show'] = { setup: true, prompts: true, questions: true, journey: true };

/** What may be touched here: everything, but in a workshop. */
export function useShown(): Workshop['show'] {
  return useWorkshop()?.show ?? EVERYTHING;
}
