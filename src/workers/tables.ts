/** Tables read from files, kept by hash and options; the files' bytes are kept in storage for the next visit. */
import type { ImportOptions } from '../engine/core/config';
import { EngineError } from '../engine/core/errors';
import { sha256 } from '../engine/core/hash';
import type { Storage } from '../engine/core/storage';
import { readTable } from '../engine/data/read';
import type { Table } from '../engine/data/table';
import { DATA_FOLDER, dataName } from './dataFiles';
import { dataLock, type Locks } from './locks';
import type { Progress } from './protocol';

/** The working file and an official test file, each with one change of mind. */
const TABLES_KEPT = 4;

export interface OpenedTable {
  hash: string;
  table: Table;
  /** False when a reload would lose the file. */
  saved: boolean;
}

export interface TableLibrary {
  open(
    bytes: Uint8Array,
    name: string,
    options: Partial<ImportOptions> | null,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<OpenedTable>;
  /** The bytes kept under this hash. @throws data-missing */
  bytes(hash: string, name: string): Promise<Uint8Array>;
  /** The table last opened under this hash. @throws data-missing */
  latest(hash: string): Table;
  /** From memory, or read again from the kept bytes. @throws data-missing */
  read(file: { name: string; hash: string; options: ImportOptions }): Promise<Table>;
}

export function createTableLibrary(storage: Storage, locks: Locks): TableLibrary {
  const tables = new Map<string, Table>();
  const latest = new Map<string, Table>();
  const unsaved = new Map<string, Uint8Array>();
  /** By hash: while a table is at hand, no tab may delete its file. */
  const holds = new Map<string, Promise<() => void>>();
  const hold = async (hash: string): Promise<void> => {
    // A lock that the browser refuses is no reason to refuse the file: it is asked for again at the next opening.
    const ask = async (): Promise<() => void> => {
      try {
        return await locks.share(dataLock(hash));
      } catch {
        holds.delete(hash);
        return () => undefined;
      }
    };
    const held = holds.get(hash) ?? ask();
    holds.set(hash, held);
    await held;
  };
  const letGo = (hash: string): void => {
    void holds.get(hash)?.then((release) => release());
    holds.delete(hash);
  };
  const keyOf = (hash: string, options: ImportOptions): string =>
    `${hash} ${JSON.stringify(Object.entries(options).sort())}`;
  const keep = (hash: string, table: Table): void => {
    // A Map keeps the place of a key it holds: out first, so that the oldest use goes first.
    tables.delete(keyOf(hash, table.options));
    latest.delete(hash);
    tables.set(keyOf(hash, table.options), table);
    latest.set(hash, table);
    for (const key of [...tables.keys()].slice(0, -TABLES_KEPT)) tables.delete(key);
    for (const key of [...latest.keys()].slice(0, -TABLES_KEPT)) {
      latest.delete(key);
      letGo(key);
    }
  };
  const save = async (hash: string, bytes: Uint8Array): Promise<boolean> => {
    if ((await storage.list(DATA_FOLDER)).includes(dataName(hash))) return storage.durable;
    try {
      await storage.write(`${DATA_FOLDER}/${dataName(hash)}`, bytes);
      return storage.durable;
    } catch {
      unsaved.set(hash, bytes);
      return false;
    }
  };
  const bytesOf = async (hash: string, name: string): Promise<Uint8Array> => {
    const bytes = unsaved.get(hash) ?? (await storage.read(`${DATA_FOLDER}/${dataName(hash)}`));
    if (bytes) return bytes;
    throw new EngineError({
      code: 'data-missing',
      message: `${name} is no longer kept in this browser.`,
      hint: 'Open the file again on the Data page; your settings are kept.',
    });
  };

  return {
    bytes: bytesOf,
    async open(bytes, name, options, onProgress, signal) {
      const hash = await sha256(bytes);
      const table = await readTable(bytes, name, options, onProgress, signal);
      await hold(hash);
      keep(hash, table);
      return { hash, table, saved: await save(hash, bytes) };
    },
    latest(hash) {
      const table = latest.get(hash);
      if (table) {
        keep(hash, table);
        return table;
      }
      throw new EngineError({
        code: 'data-missing',
        message: 'The data is not loaded in the engine.',
        hint: 'Reload the page; the file is read again from this browser’s storage.',
      });
    },
    async read({ name, hash, options }) {
      const held = tables.get(keyOf(hash, options));
      if (held) return held;
      await hold(hash);
      try {
        const table = await readTable(await bytesOf(hash, name), name, options, () => undefined);
        keep(hash, table);
        return table;
      } catch (error) {
        if (!latest.has(hash)) letGo(hash);
        throw error;
      }
    },
  };
}
