/** The kept copies of data files, and throwing away those that nothing refers to any more. */
import { z } from 'zod';
import type { Storage } from '../engine/core/storage';
import { listRunIds, readRunHead } from '../engine/pipeline/artifacts';
import { dataLock, type Locks } from './locks';

export const DATA_FOLDER = 'data';
const ENDING = '.bin';

export function dataName(hash: string): string {
  return `${hash}${ENDING}`;
}

/** What of a run's head names its files; other versions of Hone may write more and other things. */
const filesSchema = z.looseObject({
  config: z.looseObject({
    data: z.looseObject({ hash: z.string(), testFile: z.looseObject({ hash: z.string() }).optional() }),
  }),
});

/**
 * Deletes the files that no saved run, no interrupted run and none of `keep` refers to, and that no tab has open;
 * answers with their hashes. A run under way has its head in storage, so its data counts as referred to.
 */
export async function sweepDataFiles(
  storage: Storage,
  locks: Locks,
  keep: ReadonlySet<string>,
): Promise<string[]> {
  const names = await storage.list(DATA_FOLDER);
  const hashes = names.filter((name) => name.endsWith(ENDING)).map((name) => name.slice(0, -ENDING.length));
  const candidates = hashes.filter((hash) => !keep.has(hash));
  if (candidates.length === 0) return [];
  const deleted: string[] = [];
  for (const hash of candidates) {
    await locks.ifUnheld(dataLock(hash), async () => {
      // Asked under the lock: a tab may have started a run on the file a moment ago, and closed it.
      const named = await namedByRuns(storage);
      if (named === null || named.has(hash)) return;
      await storage.remove(`${DATA_FOLDER}/${dataName(hash)}`);
      deleted.push(hash);
    });
  }
  return deleted;
}

/** Null when a run cannot be read: what it needs is not known, so nothing may go. */
async function namedByRuns(storage: Storage): Promise<ReadonlySet<string> | null> {
  const named = new Set<string>();
  for (const id of await listRunIds(storage)) {
    const head = await readRunHead(storage, id);
    if (head === undefined) continue;
    const parsed = filesSchema.safeParse(head);
    if (!parsed.success) return null;
    const { hash, testFile } = parsed.data.config.data;
    named.add(hash);
    if (testFile) named.add(testFile.hash);
  }
  return named;
}
