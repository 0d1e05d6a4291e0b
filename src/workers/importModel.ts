/** A model out of files at hand, a folder or a zip: kept, hashed, read once to see that it works, and recorded. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { ModelSource } from '../engine/core/modelSource';
import type { Appender } from './bigFiles';
import { cardFacts } from './modelCard';
import { type BlobFolder, belowRoot, keptFiles, README } from './modelFolder';
import { type ModelRecord, modelId, type StoredFile } from './modelRecord';
import type { Progress } from './protocol';
import type { StoredModels } from './storedModels';
import { unpackZip } from './unpackZip';

export type Upload =
  | { kind: 'folder'; name: string; files: readonly { path: string; file: Blob }[] }
  | { kind: 'zip'; name: string; file: Blob };

/** What a trial reading tells of a model. */
export interface Trial {
  family: string;
  parameters: number;
}

export interface ImportPorts {
  stored: StoredModels;
  /** Loads the model and lets go of it. @throws what loadModel does */
  tryOut(folder: BlobFolder): Promise<Trial>;
  emit(progress: Progress): void;
  signal: AbortSignal;
}

/** Small files that only say something; no other kind is ever kept of a zip. */
const KEPT = /\.(?:json|safetensors|md)$/i;
const PIECE = 4 << 20;

/** @throws what keptFiles, unpackZip and loadModel do; storage-full */
export async function importModel(upload: Upload, ports: ImportPorts): Promise<ModelRecord> {
  const { stored } = ports;
  const folder = stored.fresh();
  return stored.alone(folder, async () => {
    try {
      const files = await (upload.kind === 'zip'
        ? keepZip(upload.file, folder, ports)
        : keepFiles(upload.files, folder, ports));
      ports.emit({ label: 'Reading the model', done: 0, total: 0 });
      const [name, revision] = [plainName(upload.name), revisionOf(files)];
      return await recordModel(folder, files, { name, revision, source: { kind: upload.kind } }, ports);
    } catch (error) {
      await stored.drop(folder);
      throw error;
    }
  });
}

/** Of files that come without one: the SHA-256 of their own. */
export function revisionOf(files: readonly StoredFile[]): string {
  const lines = files.map(({ path, sha256 }) => `${sha256} ${path}\n`).join('');
  return bytesToHex(sha256(new TextEncoder().encode(lines)));
}

export interface ModelOrigin {
  name: string;
  revision: string;
  source: ModelSource;
  /** Where the origin itself says more than the model card. */
  told?: Partial<Pick<ModelRecord, 'licence' | 'languages'>>;
}

/** Tries a kept folder out and writes its record. @throws what loadModel does */
export async function recordModel(
  folder: string,
  files: readonly StoredFile[],
  { name, revision, source, told }: ModelOrigin,
  { stored, tryOut }: Pick<ImportPorts, 'stored' | 'tryOut'>,
): Promise<ModelRecord> {
  const kept = stored.folder(folder, files);
  const { family, parameters } = await tryOut(kept);
  const card = cardFacts(kept.names.includes(README) ? await (await kept.open(README)).text() : '');
  return stored.finish(folder, {
    ...{ version: 1, id: modelId(name, revision), revision, name, source, family, parameters },
    ...{ ...card, ...told },
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    storedAt: new Date().toISOString(),
    files: [...files],
  });
}

async function keepFiles(
  given: readonly { path: string; file: Blob }[],
  folder: string,
  { stored, emit, signal }: ImportPorts,
): Promise<StoredFile[]> {
  const paths = belowRoot(given.map(({ path }) => path));
  const wanted = keptFiles(paths.filter((path) => path !== null));
  const blobs = wanted.map((path) => given[paths.indexOf(path)]?.file as Blob);
  const total = blobs.reduce((sum, { size }) => sum + size, 0);
  const files: StoredFile[] = [];
  let done = 0;
  for (const [at, path] of wanted.entries()) {
    const blob = blobs[at] as Blob;
    const writer = await keeper(stored, folder, path, String(at));
    try {
      for (let from = 0; from < blob.size; from += PIECE) {
        signal.throwIfAborted();
        writer.take(new Uint8Array(await blob.slice(from, from + PIECE).arrayBuffer()));
        emit({ label: `Copying ${path}`, done: done + from, total });
      }
    } finally {
      writer.close();
    }
    done += blob.size;
    files.push(writer.file());
  }
  return files;
}

export async function keepZip(
  zip: Blob,
  folder: string,
  { stored, emit, signal }: Pick<ImportPorts, 'stored' | 'emit' | 'signal'>,
): Promise<StoredFile[]> {
  const keepers = new Map<string, Keeper>();
  let all: string[];
  try {
    all = await unpackZip(zip, {
      wanted: (path) => KEPT.test(path),
      async take(path, piece) {
        const writer = keepers.get(path) ?? (await keeper(stored, folder, path, String(keepers.size)));
        keepers.set(path, writer);
        writer.take(piece);
      },
      onProgress: (done) => emit({ label: 'Unpacking', done, total: zip.size }),
      signal,
    });
  } finally {
    for (const writer of keepers.values()) writer.close();
  }
  const below = belowRoot(all);
  const wanted = keptFiles(below.filter((path) => path !== null));
  const files: StoredFile[] = [];
  for (const [path, writer] of keepers) {
    const file = writer.file();
    const name = below[all.indexOf(path)] ?? '';
    if (wanted.includes(name)) files.push({ ...file, path: name });
    else await stored.removeFile(folder, file.at);
  }
  return files.sort((a, b) => wanted.indexOf(a.path) - wanted.indexOf(b.path));
}

interface Keeper {
  take(piece: Uint8Array): void;
  close(): void;
  file(): StoredFile;
}

/** Writes a file and hashes it on the way; anew where an earlier try broke off. */
async function keeper(stored: StoredModels, folder: string, path: string, at: string): Promise<Keeper> {
  await stored.removeFile(folder, at);
  const appender: Appender = await stored.append(folder, at);
  const hash = sha256.create();
  let bytes = 0;
  return {
    take(piece) {
      appender.write(piece);
      hash.update(piece);
      bytes += piece.byteLength;
    },
    close: () => appender.close(),
    file: () => ({ path, at, bytes, sha256: bytesToHex(hash.digest()) }),
  };
}

/** A folder's or file's name as an id may hold it. */
export function plainName(name: string): string {
  const plain = name
    .replace(/\.zip$/i, '')
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[-.]+|-+$/g, '')
    .slice(0, 60);
  return plain || 'model';
}
