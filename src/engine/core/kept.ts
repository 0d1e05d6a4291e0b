/** Small measurements that outlive a session, a file of them each: the newest, and none of another version. */
import { z } from 'zod';
import { toErrorData } from './errors';
import { readJson, writeJson } from './jsonFiles';
import type { Storage } from './storage';

export interface Kept<T> {
  get(key: string): Promise<T | null>;
  /** On a full disk nothing is kept: it will be measured again. */
  put(key: string, value: T): Promise<void>;
}

export interface KeptOptions<T> {
  path: string;
  /** Raised when what was measured before no longer holds. */
  version: number;
  value: z.ZodType<T>;
  /** The oldest go. */
  most: number;
}

export function createKept<T>(storage: Storage, { path, version, value, most }: KeptOptions<T>): Kept<T> {
  const schema = z.object({
    version: z.literal(version),
    entries: z.array(z.object({ key: z.string(), value })),
  });
  const read = async (): Promise<z.infer<typeof schema>['entries']> =>
    (await readJson(storage, path, schema))?.entries ?? [];
  return {
    get: async (key) => (await read()).find((entry) => entry.key === key)?.value ?? null,
    async put(key, measured) {
      const others = (await read()).filter((entry) => entry.key !== key);
      const entries = [...others, { key, value: measured }].slice(-most);
      try {
        await writeJson(storage, path, { version, entries });
      } catch (error) {
        if (toErrorData(error).code !== 'storage-full') throw error;
      }
    },
  };
}
