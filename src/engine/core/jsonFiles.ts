/** JSON files in storage, read back through a schema: what does not fit it counts as absent. */
import type { z } from 'zod';
import type { Storage } from './storage';

export async function writeJson(storage: Storage, path: string, value: unknown): Promise<void> {
  await storage.write(path, new TextEncoder().encode(JSON.stringify(value)));
}

export async function readJson<T>(storage: Storage, path: string, schema: z.ZodType<T>): Promise<T | null> {
  const bytes = await storage.read(path);
  const parsed = schema.safeParse(bytes && parseJson(bytes));
  return parsed.success ? parsed.data : null;
}

/** Null when it is no JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
