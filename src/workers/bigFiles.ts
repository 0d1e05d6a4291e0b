/** Files too large to hold whole: written piece by piece, read by range. Beside `Storage`, in the same place. */

import { EngineError, toErrorData } from '../engine/core/errors';

export interface BigFiles {
  /** Undefined when absent; its bytes are read when they are asked for. */
  read(path: string): Promise<Blob | undefined>;
  /** Opens to write at the end; what is there stays. To be closed. */
  append(path: string): Promise<Appender>;
  /** Removes a file or a whole folder; silent when absent. */
  remove(path: string): Promise<void>;
}

export interface Appender {
  /** How many are there now. */
  bytes(): number;
  /** @throws storage-full */
  write(piece: Uint8Array): void;
  close(): void;
}

export function memoryBigFiles(): BigFiles {
  const files = new Map<string, Uint8Array<ArrayBuffer>[]>();
  return {
    read: async (path) => {
      const pieces = files.get(path);
      return pieces && new Blob(pieces);
    },
    append: async (path) => {
      const pieces = files.get(path) ?? [];
      files.set(path, pieces);
      return {
        bytes: () => pieces.reduce((sum, { byteLength }) => sum + byteLength, 0),
        write: (piece) => void pieces.push(piece.slice()),
        close: () => undefined,
      };
    },
    remove: async (path) => {
      for (const name of [...files.keys()]) {
        if (name === path || name.startsWith(`${path}/`)) files.delete(name);
      }
    },
  };
}

/** In the origin-private file system; the handles that write at once are there in workers alone. */
export function opfsBigFiles(root: FileSystemDirectoryHandle): BigFiles {
  const locate = async (path: string, create: boolean) => {
    const parts = path.split('/');
    const name = parts.pop() as string;
    let folder = root;
    for (const part of parts) folder = await folder.getDirectoryHandle(part, { create });
    return { folder, name };
  };
  return {
    async read(path) {
      try {
        const { folder, name } = await locate(path, false);
        return await (await folder.getFileHandle(name)).getFile();
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async append(path) {
      const { folder, name } = await locate(path, true);
      const handle = await (await folder.getFileHandle(name, { create: true })).createSyncAccessHandle();
      return {
        bytes: () => handle.getSize(),
        write: (piece) => writeAll(handle, piece),
        close: () => handle.close(),
      };
    },
    async remove(path) {
      try {
        const { folder, name } = await locate(path, false);
        await folder.removeEntry(name, { recursive: true });
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    },
  };
}

function writeAll(handle: FileSystemSyncAccessHandle, piece: Uint8Array): void {
  const at = handle.getSize();
  try {
    const written = handle.write(piece as Uint8Array<ArrayBuffer>, { at });
    if (written === piece.byteLength) return;
  } catch (error) {
    if (toErrorData(error).code !== 'storage-full') throw error;
  }
  // Half a piece would be taken for a whole one when the writing goes on.
  handle.truncate(at);
  throw new EngineError({
    code: 'storage-full',
    message: 'The browser has no room left for this model.',
    hint: 'Delete models or old runs that you no longer need, or free disk space, then go on. What has arrived is kept.',
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotFoundError';
}
