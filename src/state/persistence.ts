/** One table of what is kept where. Everything read back is validated here, at the door. */
import type { z } from 'zod';
import { createJSONStorage, type PersistStorage } from 'zustand/middleware';

/** Small choices live in localStorage under these keys; a version that does not match is dropped, not guessed. */
export const KEPT = {
  /** The working project: data source by hash, roles, fixes, split, model, method, changed settings. */
  project: { key: 'hone.project', version: 1 },
  /** Colour scheme, closed notes, expert view. */
  preferences: { key: 'hone.preferences', version: 1 },
  /** Which saved run stands open in Compare and Export. */
  runs: { key: 'hone.runs', version: 1 },
  /** Ways, settings and questions of the next study. */
  studySetup: { key: 'hone.studySetup', version: 1 },
  /** Which saved study stands open. */
  studies: { key: 'hone.studies', version: 1 },
  /** The hub that models come from. */
  hub: { key: 'hone.hub', version: 1 },
  /** The workshop that the page is in. */
  workshop: { key: 'hone.workshop', version: 1 },
  /** The curves of a run under way, under its id, written at each checkpoint, so that a resumed run shows its past. */
  telemetry: { key: 'hone.telemetry', version: 1 },
} as const;
/*
 * Kept by the worker in the browser's private file system (OPFS), never by the page:
 * data bytes under their hash, runs (config, report, predictions, weights) and checkpoints.
 */

/** localStorage that answers nothing when it is closed to us (private windows, full disk) instead of failing. */
const quietStorage = {
  getItem: (key: string): string | null => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  setItem: (key: string, value: string): void => {
    try {
      localStorage.setItem(key, value);
    } catch {
      // Nothing the user made is lost: only this convenience is, and the page still works.
    }
  },
  removeItem: (key: string): void => {
    try {
      localStorage.removeItem(key);
    } catch {
      // As above.
    }
  },
};

export function jsonStorage<T>(): PersistStorage<T> | undefined {
  return createJSONStorage<T>(() => quietStorage);
}

/** A `merge` for zustand's persist: takes what was kept only when it still fits the schema. */
export function mergeKept<K extends object>(schema: z.ZodType<K>) {
  return <S extends K>(kept: unknown, current: S): S => {
    const parsed = schema.safeParse(kept);
    return parsed.success ? { ...current, ...parsed.data } : current;
  };
}

export function keep(key: string, value: unknown): void {
  quietStorage.setItem(key, JSON.stringify(value));
}

export type KeptValue<T> = { state: 'absent' } | { state: 'damaged' } | { state: 'whole'; value: T };

export function kept<T>(key: string, schema: z.ZodType<T>): KeptValue<T> {
  const text = quietStorage.getItem(key);
  if (text === null) return { state: 'absent' };
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? { state: 'whole', value: parsed.data } : { state: 'damaged' };
  } catch {
    return { state: 'damaged' };
  }
}

export function forget(key: string): void {
  quietStorage.removeItem(key);
}
