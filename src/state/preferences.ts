/** How the user likes the page; kept, never part of a run. */
import { z } from 'zod';
import { useStore } from 'zustand';
import { persist } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';
import { jsonStorage, KEPT, mergeKept } from './persistence';

const schema = z.object({
  /** Ids of notes closed for good. */
  closedNotes: z.array(z.string()),
  notesFolded: z.boolean(),
  /** Every setting rather than the few that matter most. */
  expertView: z.boolean(),
});
export type Preferences = z.infer<typeof schema>;

export const preferencesStore = createStore<Preferences>()(
  persist((): Preferences => ({ closedNotes: [], notesFolded: false, expertView: false }), {
    name: KEPT.preferences.key,
    version: KEPT.preferences.version,
    storage: jsonStorage<Preferences>(),
    merge: mergeKept(schema),
  }),
);

export function usePreferences<T>(selector: (preferences: Preferences) => T): T {
  return useStore(preferencesStore, selector);
}

export function closeNote(id: string): void {
  const { closedNotes } = preferencesStore.getState();
  if (!closedNotes.includes(id)) preferencesStore.setState({ closedNotes: [...closedNotes, id] });
}

export function setNotesFolded(notesFolded: boolean): void {
  preferencesStore.setState({ notesFolded });
}

/** Brings every closed note back. */
export function reopenNotes(): void {
  preferencesStore.setState({ closedNotes: [], notesFolded: false });
}

export function setExpertView(expertView: boolean): void {
  preferencesStore.setState({ expertView });
}
