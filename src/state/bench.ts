/** What this machine was measured to do; gone with the page, as another machine may open the next. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { BenchEvent, BenchRow } from '../engine/core/benchmark';

export type BenchPlace = Extract<BenchEvent, { type: 'place' }>;

export interface Bench {
  places: readonly BenchPlace[];
  rows: readonly BenchRow[];
  /** When the last measurement ended, ISO; null while it is not whole. */
  finishedAt: string | null;
}

const EMPTY: Bench = { places: [], rows: [], finishedAt: null };

export const benchStore = createStore<Bench>()(() => EMPTY);

export function useBench<T>(selector: (bench: Bench) => T): T {
  return useStore(benchStore, selector);
}

export function clearBench(): void {
  benchStore.setState(EMPTY);
}
