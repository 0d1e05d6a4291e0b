/** Getting models from a hub or an address: the hub's is kept, the token never leaves memory. */
import { z } from 'zod';
import { useStore } from 'zustand';
import { persist } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';
import { PUBLIC_HUB } from '../engine/core/hub';
import type { Result } from '../workers/protocol';
import { jsonStorage, KEPT, mergeKept } from './persistence';

export type HubHit = Result<'hub.search'>[number];
export type ModelOffer = Result<'hub.look'>;
export type UnfinishedDownload = Result<'model.unfinished'>[number];

const keptSchema = z.object({
  /** The origin that is asked. */
  address: z.string(),
});
type Kept = z.infer<typeof keptSchema>;

export interface HubState extends Kept {
  /** The user's own, for the address above; empty without one. */
  token: string;
  /** Of the last search; null before the first. */
  hits: { query: string; found: readonly HubHit[] } | null;
  /** What was looked at last. */
  offer: ModelOffer | null;
  /** The download under way here; null when none is. */
  downloading: ModelOffer | null;
  /** Where the last download was from; null before the first. */
  downloadFrom: ModelOffer['source']['kind'] | null;
  /** Null until the storage was looked through. */
  unfinished: readonly UnfinishedDownload[] | null;
  /** Bytes in this browser's storage for this page; null where it does not tell. */
  storage: { used: number; quota: number } | null;
}

export const hubStore = createStore<HubState>()(
  persist(
    (): HubState => ({
      ...{ address: PUBLIC_HUB, token: '', hits: null, offer: null },
      ...{ downloading: null, downloadFrom: null, unfinished: null, storage: null },
    }),
    {
      name: KEPT.hub.key,
      version: KEPT.hub.version,
      storage: jsonStorage<Kept>(),
      partialize: ({ address }): Kept => ({ address }),
      merge: mergeKept(keptSchema),
    },
  ),
);

export function useHub<T>(selector: (hub: HubState) => T): T {
  return useStore(hubStore, selector);
}
