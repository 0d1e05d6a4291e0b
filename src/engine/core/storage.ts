/** Where bytes are kept. The worker gives an OPFS store, tests and Node a memory store. */
import { EngineError } from './errors';

/** Paths are slash-separated relative names: `runs/ID/report.json`. */
export interface Storage {
  read(path: string): Promise<Uint8Array | undefined>;
  /** Whole-file replace; a reader sees the old bytes or the new, never a mixture. @throws storage-full */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Removes a file or a whole folder; silent when absent. */
  remove(path: string): Promise<void>;
  /** Names directly under a folder; empty when absent. */
  list(folder: string): Promise<string[]>;
  /** Bytes of all files under a folder. */
  size(folder: string): Promise<number>;
  /** False when nothing survives a reload (private windows); the page says so. */
  readonly durable: boolean;
}

export function memoryStorage(limitBytes = Number.POSITIVE_INFINITY): Storage {
  const files = new Map<string, Uint8Array>();
  return {
    durable: false,
    read: async (path) => files.get(path)?.slice(),
    write: async (path, bytes) => {
      let total = bytes.byteLength;
      for (const [name, held] of files) if (name !== path) total += held.byteLength;
      if (total > limitBytes) {
        throw new EngineError({
          code: 'storage-full',
          message: `Storing ${path} needs ${total} bytes, ${limitBytes} are allowed.`,
          hint: 'Delete old runs under “Runs”, then try again.',
        });
      }
      files.set(path, bytes.slice());
    },
    remove: async (path) => {
      for (const name of [...files.keys()]) {
        if (name === path || name.startsWith(`${path}/`)) files.delete(name);
      }
    },
    list: async (folder) => {
      const names = new Set<string>();
      for (const name of files.keys()) {
        if (name.startsWith(`${folder}/`)) names.add(name.slice(folder.length + 1).split('/')[0] as string);
      }
      return [...names].sort();
    },
    size: async (folder) => {
      let total = 0;
      for (const [name, bytes] of files) if (name.startsWith(`${folder}/`)) total += bytes.byteLength;
      return total;
    },
  };
}
