/**
 * A model from a hub into storage, in parts, each asked for by its range: what has arrived stays through a lost
 * connection, a pause or a reload, and the files are checked against the hub's own hashes before they are a model.
 */
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { EngineError } from '../../engine/core/errors';
import { type ModelOffer, offerSchema } from '../../engine/core/modelOffer';
import { type ImportPorts, recordModel } from '../importModel';
import type { ModelRecord, StoredFile } from '../modelRecord';
import { PLAN, type StoredModels } from '../storedModels';
import { type FileHash, type Hub, type HubAccess, type HubFile, type HubPorts, withHub } from './hub';

const planSchema = z.object({ version: z.literal(1), offer: offerSchema });

/** Asked for at one time: all that can wait in memory while the engine is busy training. */
const PART_BYTES = 16 << 20;
/** After a connection that broke; what arrives in between starts the count anew. */
const WAITS_MS = [500, 1000, 2000, 4000, 8000];
const PIECE = 4 << 20;

export interface DownloadPorts extends ImportPorts, Pick<HubPorts, 'openDoor'> {
  /** Milliseconds, or until the signal. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** Begun and not finished. */
export interface Unfinished {
  folder: string;
  offer: ModelOffer;
  bytes: number;
}

export async function listUnfinished(stored: StoredModels): Promise<Unfinished[]> {
  const found = await Promise.all(
    (await stored.folders()).map(async (folder) => {
      if (await stored.isWhole(folder)) return null;
      const plan = await stored.note.read(folder, PLAN, planSchema);
      return plan && { folder, offer: plan.offer, bytes: await arrived(stored, folder, plan.offer) };
    }),
  );
  return found.filter((each) => each !== null);
}

async function arrived(stored: StoredModels, folder: string, { files }: ModelOffer): Promise<number> {
  const sizes = await Promise.all(files.map((_, at) => stored.size(folder, String(at))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/**
 * Goes on where an earlier download of the same commit stopped. Ended by the signal, it leaves what it has for the
 * next time. @throws hub-*, storage-full, model-damaged, open-elsewhere, and what loadModel does
 */
export async function download(
  offer: ModelOffer,
  token: string | null,
  ports: DownloadPorts,
): Promise<ModelRecord> {
  const { stored, signal } = ports;
  const begun = (await listUnfinished(stored)).find((each) => isSame(each.offer, offer));
  const folder = begun?.folder ?? stored.fresh();
  return stored.alone(folder, async () => {
    await stored.note.write(folder, PLAN, { version: 1, offer: { ...offer, refusal: null } });
    const access: HubAccess = { address: offer.address, token };
    const files = await withHub(access, ports, (hub) => fetchAll(hub, offer, folder, ports));
    ports.emit({ label: 'Reading the model', done: 0, total: 0 });
    signal.throwIfAborted();
    try {
      const source = { kind: 'hub', address: offer.address, repo: offer.repo, commit: offer.commit } as const;
      const told = { licence: offer.licence, languages: offer.languages };
      const origin = { name: offer.repo, revision: offer.commit, source, told };
      const record = await recordModel(folder, files, origin, ports);
      await stored.note.remove(folder, PLAN);
      return record;
    } catch (error) {
      // Whole as the hub has it, and of no use here: another download would end the same.
      await stored.drop(folder);
      throw error;
    }
  });
}

function isSame(a: ModelOffer, b: ModelOffer): boolean {
  return a.address === b.address && a.repo === b.repo && a.commit === b.commit;
}

async function fetchAll(
  hub: Hub,
  offer: ModelOffer,
  folder: string,
  ports: DownloadPorts,
): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  let before = 0;
  for (const [i, file] of offer.files.entries()) {
    const at = String(i);
    const onBytes = (bytes: number): void =>
      ports.emit({ label: `Downloading ${file.path}`, done: before + bytes, total: offer.bytes });
    await fetchFile(hub, offer, file, { folder, at, onBytes, ports });
    ports.emit({ label: `Checking ${file.path}`, done: before + file.bytes, total: offer.bytes });
    files.push({ path: file.path, at, bytes: file.bytes, sha256: await checked(file, folder, at, ports) });
    before += file.bytes;
  }
  return files;
}

interface Target {
  folder: string;
  at: string;
  /** Of this file, so far. */
  onBytes(bytes: number): void;
  ports: DownloadPorts;
}

async function fetchFile(hub: Hub, offer: ModelOffer, file: HubFile, target: Target): Promise<void> {
  const { ports, folder, at } = target;
  let failures = 0;
  let have = await ports.stored.size(folder, at);
  if (have > file.bytes) {
    await ports.stored.removeFile(folder, at);
    have = 0;
  }
  while (have < file.bytes) {
    ports.signal.throwIfAborted();
    const before = have;
    try {
      await fetchPart(hub, offer, file, have, target);
    } catch (error) {
      ports.signal.throwIfAborted();
      if (!isLost(error)) throw error;
      have = await ports.stored.size(folder, at);
      failures = have > before ? 0 : failures + 1;
      const pause = WAITS_MS[failures];
      if (pause === undefined) throw lost(offer, error);
      ports.emit({ label: 'Connection lost, trying again', done: 0, total: 0 });
      await ports.wait(pause, ports.signal);
    }
    have = await ports.stored.size(folder, at);
  }
}

/** One part, as far as it comes; what came is written even where the rest does not. */
async function fetchPart(
  hub: Hub,
  { repo, commit }: ModelOffer,
  { path, bytes }: HubFile,
  begin: number,
  { folder, at, onBytes, ports }: Target,
): Promise<void> {
  const end = Math.min(bytes, begin + PART_BYTES);
  const response = await hub.file({ repo, commit, path }, { begin, end });
  // A server that knows no ranges sends all of it from the start.
  if (response.status !== 206 && begin > 0) await ports.stored.removeFile(folder, at);
  const writer = await ports.stored.append(folder, at);
  let have = writer.bytes();
  try {
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      writer.write(part.value);
      have += part.value.byteLength;
      onBytes(have);
      if (have > bytes) break;
    }
  } finally {
    writer.close();
  }
  if (have <= bytes) return;
  await ports.stored.removeFile(folder, at);
  throw damaged(path, have, bytes);
}

function isLost(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof EngineError && error.code === 'hub-unreachable');
}

function lost({ address }: ModelOffer, cause: unknown): EngineError {
  return new EngineError(
    {
      code: 'connection-lost',
      message: `The connection to ${new URL(address).host} was lost, and did not come back.`,
      hint: 'What has arrived is kept. Go on with the download when the connection is there again.',
    },
    { cause },
  );
}

/** Its SHA-256, once it is what the hub says it is. @throws model-damaged, with the file thrown away */
async function checked(
  { path, bytes, hash }: HubFile,
  folder: string,
  at: string,
  { stored, signal }: DownloadPorts,
): Promise<string> {
  const blob = await stored.folder(folder, [{ path, at, bytes }]).open(path);
  const content = sha256.create();
  // Git names a file by the SHA-1 of a head and its content.
  const git = sha1.create().update(new TextEncoder().encode(`blob ${bytes}\0`));
  for (let from = 0; from < bytes; from += PIECE) {
    signal.throwIfAborted();
    const piece = new Uint8Array(await blob.slice(from, from + PIECE).arrayBuffer());
    content.update(piece);
    if (hash.kind === 'git') git.update(piece);
  }
  const hex = bytesToHex(content.digest());
  const found: Record<FileHash['kind'], string> = {
    sha256: hex,
    git: hash.kind === 'git' ? bytesToHex(git.digest()) : '',
  };
  if (found[hash.kind] === hash.hex) return hex;
  await stored.removeFile(folder, at);
  throw damaged(path, bytes, bytes);
}

function damaged(path: string, bytes: number, wanted: number): EngineError {
  return new EngineError({
    code: 'download-damaged',
    message: `${path} did not arrive as the hub describes it (${bytes} of ${wanted} bytes, or other content).`,
    hint: 'What came of it was thrown away; go on to get it anew. If it comes again, this address holds another file than it says: take another one, or another revision.',
  });
}
