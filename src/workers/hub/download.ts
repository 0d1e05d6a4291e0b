/**
 * A model from a hub or a web address into storage, in parts, each asked for by its range: what has arrived stays
 * through a lost connection, a pause or a reload. The files are checked against a hub's own hashes before they are a
 * model; an address that has none may at least not change between two parts.
 */
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { EngineError } from '../../engine/core/errors';
import { isSameDownload, type ModelOffer, type OfferedFile, offerSchema } from '../../engine/core/modelOffer';
import { type ImportPorts, keepZip, type ModelOrigin, recordModel, revisionOf } from '../importModel';
import type { ModelRecord, StoredFile } from '../modelRecord';
import { PLAN, type StoredModels } from '../storedModels';
import { type HubPorts, withHub } from './hub';
import { changed, type Site, withSite } from './site';

const planSchema = z.object({ version: z.literal(2), offer: offerSchema });
/** The one file of an offer that is a zip. */
const ZIP = 'zip';
const LOST = ['hub-unreachable', 'address-unreachable'];

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

async function arrived(stored: StoredModels, folder: string, offer: ModelOffer): Promise<number> {
  const sizes = await Promise.all(offer.files.map((_, i) => stored.size(folder, placeOf(offer, i))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The name of an offer's file in storage. */
function placeOf({ source }: ModelOffer, i: number): string {
  return source.kind === 'url' && source.zip ? ZIP : String(i);
}

/**
 * Goes on where an earlier download of the same content stopped. Ended by the signal, it leaves what it has for the
 * next time. @throws hub-*, address-*, storage-full, model-damaged, open-elsewhere, and what unpackZip and loadModel do
 */
export async function download(
  offer: ModelOffer,
  token: string | null,
  ports: DownloadPorts,
): Promise<ModelRecord> {
  const { stored, signal } = ports;
  const begun = (await listUnfinished(stored)).find((each) => isSameDownload(each.offer, offer));
  const folder = begun?.folder ?? stored.fresh();
  return stored.alone(folder, async () => {
    await stored.note.write(folder, PLAN, { version: 2, offer: { ...offer, refusal: null } });
    const fetched = await withFiles(offer, token, ports, (file) => fetchAll(file, offer, folder, ports));
    signal.throwIfAborted();
    try {
      const files = isZip(offer) ? await unpacked(folder, offer, ports) : fetched;
      ports.emit({ label: 'Reading the model', done: 0, total: 0 });
      const record = await recordModel(folder, files, originOf(offer, files), ports);
      await stored.removeFile(folder, ZIP);
      await stored.note.remove(folder, PLAN);
      return record;
    } catch (error) {
      // Whole as it lies there, and of no use here: another download would end the same.
      if (!signal.aborted) await stored.drop(folder);
      throw error;
    }
  });
}

function isZip({ source }: ModelOffer): boolean {
  return source.kind === 'url' && source.zip;
}

/** Does `work` with the way to the offer's files. */
function withFiles<T>(
  { source }: ModelOffer,
  token: string | null,
  ports: DownloadPorts,
  work: (file: Site['file']) => Promise<T>,
): Promise<T> {
  if (source.kind === 'url') {
    return withSite(source.address, ports, (site) =>
      work((path, part) => site.file(source.zip ? '' : path, part)),
    );
  }
  const { address, repo, commit } = source;
  return withHub({ address, token }, ports, (hub) =>
    work((path, part) => hub.file({ repo, commit, path }, part)),
  );
}

function originOf(
  { source, name, licence, languages }: ModelOffer,
  files: readonly StoredFile[],
): ModelOrigin {
  if (source.kind === 'hub') return { name, revision: source.commit, source, told: { licence, languages } };
  const address = new URL(source.address);
  // It may hold a key of the user's.
  address.search = '';
  return { name, revision: revisionOf(files), source: { ...source, address: address.href } };
}

async function unpacked(folder: string, { files }: ModelOffer, ports: DownloadPorts): Promise<StoredFile[]> {
  const [zip] = files;
  const place = [{ path: ZIP, at: ZIP, bytes: zip?.bytes ?? 0 }];
  return keepZip(await ports.stored.folder(folder, place).open(ZIP), folder, ports);
}

async function fetchAll(
  get: Site['file'],
  offer: ModelOffer,
  folder: string,
  ports: DownloadPorts,
): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  let before = 0;
  for (const [i, file] of offer.files.entries()) {
    const at = placeOf(offer, i);
    const onBytes = (bytes: number): void =>
      ports.emit({ label: `Downloading ${file.path}`, done: before + bytes, total: offer.bytes });
    await fetchFile(get, offer, file, { folder, at, onBytes, ports });
    // A zip's own files are hashed as they are unpacked.
    if (at === ZIP) return [];
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

async function fetchFile(
  get: Site['file'],
  offer: ModelOffer,
  file: OfferedFile,
  target: Target,
): Promise<void> {
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
      await fetchPart(get, offer, file, have, target);
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
  get: Site['file'],
  { source }: ModelOffer,
  { path, bytes, changed: known }: OfferedFile,
  begin: number,
  { folder, at, onBytes, ports }: Target,
): Promise<void> {
  const end = Math.min(bytes, begin + PART_BYTES);
  const response = await get(path, { begin, end });
  if (known !== null && response.headers.get('last-modified') !== known) {
    throw changed({ host: new URL(source.address).host, pathname: path });
  }
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
  return error instanceof TypeError || (error instanceof EngineError && LOST.includes(error.code));
}

function lost({ source }: ModelOffer, cause: unknown): EngineError {
  return new EngineError(
    {
      code: 'connection-lost',
      message: `The connection to ${new URL(source.address).host} was lost, and did not come back.`,
      hint: 'What has arrived is kept. Go on with the download when the connection is there again.',
    },
    { cause },
  );
}

/** Its SHA-256, once it is what a hub says it is. @throws model-damaged, with the file thrown away */
async function checked(
  { path, bytes, hash }: OfferedFile,
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
    if (hash?.kind === 'git') git.update(piece);
  }
  const hex = bytesToHex(content.digest());
  const found = hash?.kind === 'git' ? bytesToHex(git.digest()) : hex;
  if (hash === null || found === hash.hex) return hex;
  await stored.removeFile(folder, at);
  throw damaged(path, bytes, bytes);
}

function damaged(path: string, bytes: number, wanted: number): EngineError {
  return new EngineError({
    code: 'download-damaged',
    message: `${path} did not arrive as it was described (${bytes} of ${wanted} bytes, or other content).`,
    hint: 'What came of it was thrown away; go on to get it anew. If it comes again, this address holds another file than it says: take another one, or another revision.',
  });
}
