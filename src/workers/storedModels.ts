/**
 * The models kept in this browser, each in a folder of its own: its files under numbers, and its record, which is
 * written last. What is still on its way has a plan instead (hub/download).
 */
import type { z } from 'zod';
import { EngineError } from '../engine/core/errors';
import { readJson, writeJson } from '../engine/core/jsonFiles';
import type { Storage } from '../engine/core/storage';
import type { Appender, BigFiles } from './bigFiles';
import type { Locks } from './locks';
import type { BlobFolder } from './modelFolder';
import { type ModelRecord, modelRecordSchema, type StoredFile } from './modelRecord';

const FOLDER = 'models';
const RECORD = 'record.json';
/** Of a download that goes on later. */
export const PLAN = 'download.json';

export interface StoredModels {
  list(): Promise<ModelRecord[]>;
  /** @throws model-not-stored */
  find(id: string): Promise<{ record: ModelRecord; folder: BlobFolder }>;
  /** Files of a folder that need not have a record yet. @throws model-damaged */
  folder(folder: string, files: readonly Omit<StoredFile, 'sha256'>[]): BlobFolder;
  /** A name that no folder has. */
  fresh(): string;
  append(folder: string, at: string): Promise<Appender>;
  /** Of a file; 0 when absent. */
  size(folder: string, at: string): Promise<number>;
  removeFile(folder: string, at: string): Promise<void>;
  /** Makes a folder a model. Where that content is stored already, the folder goes. */
  finish(folder: string, record: ModelRecord): Promise<ModelRecord>;
  /** Silent when nothing is stored under the id. */
  remove(id: string): Promise<void>;
  /** The folder of something that did not become a model. */
  drop(folder: string): Promise<void>;
  /** JSON beside the files of a folder. */
  note: {
    /** Null when absent or not of that form. */
    read<T>(folder: string, name: string, schema: z.ZodType<T>): Promise<T | null>;
    write(folder: string, name: string, value: unknown): Promise<void>;
    remove(folder: string, name: string): Promise<void>;
  };
  folders(): Promise<string[]>;
  isWhole(folder: string): Promise<boolean>;
  /** Throws away what a tab left behind that ended in the middle of an import. */
  sweep(): Promise<void>;
  /** Does `work` while no other tab writes to the folder. @throws open-elsewhere */
  alone<T>(folder: string, work: () => Promise<T>): Promise<T>;
}

export function createStoredModels(storage: Storage, bigFiles: BigFiles, locks: Locks): StoredModels {
  const lockOf = (folder: string): string => `hone:model:${folder}`;
  const pathOf = (folder: string, name: string): string => `${FOLDER}/${folder}/${name}`;

  const folders = (): Promise<string[]> => storage.list(FOLDER);

  const recordOf = (folder: string): Promise<ModelRecord | null> =>
    readJson(storage, pathOf(folder, RECORD), modelRecordSchema);

  const records = async (): Promise<{ folder: string; record: ModelRecord }[]> => {
    const found = await Promise.all(
      (await folders()).map(async (folder) => ({ folder, record: await recordOf(folder) })),
    );
    return found.flatMap(({ folder, record }) => (record ? [{ folder, record }] : []));
  };

  const drop = async (folder: string): Promise<void> => {
    await storage.remove(`${FOLDER}/${folder}`);
    await bigFiles.remove(`${FOLDER}/${folder}`);
  };

  const folderOf: StoredModels['folder'] = (folder, files) => ({
    names: files.map(({ path }) => path),
    async open(name) {
      const file = files.find(({ path }) => path === name);
      const blob = file && (await bigFiles.read(pathOf(folder, file.at)));
      if (file && blob?.size === file.bytes) return blob;
      throw new EngineError({
        code: 'model-damaged',
        message: `${name} of this model is not whole in this browser’s storage (${blob?.size ?? 0} of ${file?.bytes ?? 0} bytes).`,
        hint: 'Delete the model on the Model page and get it again.',
      });
    },
  });

  return {
    list: async () => (await records()).map(({ record }) => record),
    async find(id) {
      const found = (await records()).find(({ record }) => record.id === id);
      if (!found) throw notStored(id);
      return { record: found.record, folder: folderOf(found.folder, found.record.files) };
    },
    folder: folderOf,
    fresh: () => crypto.randomUUID(),
    append: (folder, at) => bigFiles.append(pathOf(folder, at)),
    size: async (folder, at) => (await bigFiles.read(pathOf(folder, at)))?.size ?? 0,
    removeFile: (folder, at) => bigFiles.remove(pathOf(folder, at)),
    async finish(folder, record) {
      const twin = (await records()).find((each) => each.record.id === record.id);
      if (twin) {
        await drop(folder);
        return twin.record;
      }
      await writeJson(storage, pathOf(folder, RECORD), record);
      return record;
    },
    async remove(id) {
      for (const { folder, record } of await records()) {
        // Without its record it is no model, whatever happens to the rest.
        if (record.id !== id) continue;
        await storage.remove(pathOf(folder, RECORD));
        await drop(folder);
      }
    },
    drop,
    note: {
      read: (folder, name, schema) => readJson(storage, pathOf(folder, name), schema),
      write: (folder, name, value) => writeJson(storage, pathOf(folder, name), value),
      remove: (folder, name) => storage.remove(pathOf(folder, name)),
    },
    folders,
    isWhole: async (folder) => (await recordOf(folder)) !== null,
    async sweep() {
      for (const folder of await folders()) {
        const kept = await storage.list(`${FOLDER}/${folder}`);
        if (kept.includes(RECORD) || kept.includes(PLAN)) continue;
        await locks.ifUnheld(lockOf(folder), () => drop(folder));
      }
    },
    alone: (folder, work) => locks.alone(lockOf(folder), work),
  };
}

function notStored(id: string): EngineError {
  return new EngineError({
    code: 'model-not-stored',
    message: `The model ${id} is no longer stored in this browser.`,
    hint: `Get it again on the Model page, from where it came: ${id.split('@')[0]}. What was trained on it goes on as soon as it is back.`,
    details: { model: id },
  });
}
