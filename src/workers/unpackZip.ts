/** A zip taken apart as it is read: never whole in memory, and bounded, since a small zip may hold a very large file. */
import { Unzip, type UnzipFile, UnzipInflate } from 'fflate';
import { EngineError } from '../engine/core/errors';

export interface UnpackOptions {
  /** Whether an entry's bytes are wanted. */
  wanted(path: string): boolean;
  /** Takes the next bytes of an entry, in order. */
  take(path: string, piece: Uint8Array): Promise<void>;
  /** Bytes of the zip read so far. */
  onProgress(done: number): void;
  signal: AbortSignal;
}

const PIECE = 1 << 20;
const MOST_ENTRIES = 2000;
/** Weights pack by a tenth, JSON ten to one; what unpacks to more than this beyond the first bytes is a trap. */
const MOST_RATIO = 20;
const FREE_BYTES = 64 << 20;

/** The paths of all entries, in their order. @throws bad-zip, bad-zip-path, zip-too-large */
export async function unpackZip(
  zip: Blob,
  { wanted, take, onProgress, signal }: UnpackOptions,
): Promise<string[]> {
  const paths: string[] = [];
  const waiting: { path: string; piece: Uint8Array }[] = [];
  const limit = FREE_BYTES + MOST_RATIO * zip.size;
  let unpacked = 0;
  const begin = (entry: UnzipFile): void => {
    const path = entry.name;
    checkPath(path);
    if (path.endsWith('/')) return;
    if (paths.push(path) > MOST_ENTRIES) throw tooLarge(`more than ${MOST_ENTRIES} files`);
    if (!wanted(path)) return;
    entry.ondata = (error, piece) => {
      if (error) throw error;
      unpacked += piece.byteLength;
      if (unpacked > limit) throw tooLarge(`more than ${MOST_RATIO} times its own size`);
      waiting.push({ path, piece });
    };
    entry.start();
  };
  const unzip = new Unzip(begin);
  unzip.register(UnzipInflate);
  try {
    for (let at = 0; at < zip.size; at += PIECE) {
      signal.throwIfAborted();
      const piece = new Uint8Array(await zip.slice(at, at + PIECE).arrayBuffer());
      unzip.push(piece, at + PIECE >= zip.size);
      for (const { path, piece } of waiting.splice(0)) await take(path, piece);
      onProgress(Math.min(at + PIECE, zip.size));
    }
  } catch (error) {
    if (signal.aborted || error instanceof EngineError) throw error;
    throw badZip(error);
  }
  if (paths.length === 0) throw badZip(null);
  return paths;
}

/** Entries may be named anything; what would lead out of the folder is not passed over but refused with the zip. */
function checkPath(path: string): void {
  const parts = path.split('/');
  if (!/^[/]|^[a-z]:|[\\\0]/i.test(path) && !parts.includes('..')) return;
  throw new EngineError({
    code: 'bad-zip-path',
    message: `The zip holds “${path.slice(0, 80)}”, a path that leads out of its folder.`,
    hint: 'Do not use this zip: nobody makes one like it by accident. Ask its maker, or download the model from its hub.',
  });
}

function badZip(cause: unknown): EngineError {
  return new EngineError(
    {
      code: 'bad-zip',
      message: 'The file is no zip that can be read, or was cut short.',
      hint: 'Download or zip it again, without a password. Or unpack it, and drop the folder.',
    },
    { cause },
  );
}

function tooLarge(what: string): EngineError {
  return new EngineError({
    code: 'zip-too-large',
    message: `The zip holds ${what}, which no model does.`,
    hint: 'If you trust it, unpack it on your computer and drop the folder.',
  });
}
