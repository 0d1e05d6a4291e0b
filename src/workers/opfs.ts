/** Storage in the origin-private file system; a file is replaced whole, so a crash leaves the old or the new. */
import { EngineError } from '../engine/core/errors';
import { memoryStorage, type Storage } from '../engine/core/storage';
import { type BigFiles, memoryBigFiles, opfsBigFiles } from './bigFiles';

const ROOT = 'hone';

/** OPFS where the browser gives it, else memory (private windows): `durable` says which. */
export async function openStorage(): Promise<{ storage: Storage; bigFiles: BigFiles }> {
  try {
    const origin = await navigator.storage.getDirectory();
    const root = await origin.getDirectoryHandle(ROOT, { create: true });
    return { storage: opfsStorage(root), bigFiles: opfsBigFiles(root) };
  } catch {
    return { storage: memoryStorage(), bigFiles: memoryBigFiles() };
  }
}

function opfsStorage(root: FileSystemDirectoryHandle): Storage {
  const folderOf = async (parts: readonly string[], create: boolean): Promise<FileSystemDirectoryHandle> => {
    let folder = root;
    for (const part of parts) folder = await folder.getDirectoryHandle(part, { create });
    return folder;
  };
  const locate = async (
    path: string,
    create: boolean,
  ): Promise<{ folder: FileSystemDirectoryHandle; name: string } | null> => {
    const parts = path.split('/');
    const name = parts.pop() as string;
    try {
      return { folder: await folderOf(parts, create), name };
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  };

  return {
    durable: true,
    async read(path) {
      const place = await locate(path, false);
      try {
        const handle = await place?.folder.getFileHandle(place.name);
        return handle && new Uint8Array(await (await handle.getFile()).arrayBuffer());
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async write(path, bytes) {
      const place = await locate(path, true);
      if (!place) return;
      const handle = await place.folder.getFileHandle(place.name, { create: true });
      // A writable stream writes beside the file and swaps it in on close.
      const stream = await handle.createWritable();
      try {
        await stream.write(bytes as Uint8Array<ArrayBuffer>);
        await stream.close();
      } catch (error) {
        await stream.abort().catch(() => undefined);
        throw error instanceof DOMException && error.name === 'QuotaExceededError'
          ? full(path, bytes)
          : error;
      }
    },
    async remove(path) {
      const place = await locate(path, false);
      try {
        await place?.folder.removeEntry(place.name, { recursive: true });
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    },
    async list(folder) {
      try {
        const handle = await folderOf(folder.split('/'), false);
        const names: string[] = [];
        for await (const name of handle.keys()) names.push(name);
        return names.sort();
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    },
    async size(folder) {
      try {
        return await sizeOf(await folderOf(folder.split('/'), false));
      } catch (error) {
        if (isMissing(error)) return 0;
        throw error;
      }
    },
  };
}

async function sizeOf(folder: FileSystemDirectoryHandle): Promise<number> {
  let total = 0;
  for await (const handle of folder.values()) {
    total +=
      handle.kind === 'file'
        ? (await (handle as FileSystemFileHandle).getFile()).size
        : await sizeOf(handle as FileSystemDirectoryHandle);
  }
  return total;
}

function isMissing(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotFoundError';
}

function full(path: string, bytes: Uint8Array): EngineError {
  return new EngineError({
    code: 'storage-full',
    message: `The browser has no room left: ${path} needs ${Math.ceil(bytes.byteLength / 1e6)} MB.`,
    hint: 'Delete old runs under “Runs”, or free disk space, then try again. Nothing already saved is lost.',
  });
}
