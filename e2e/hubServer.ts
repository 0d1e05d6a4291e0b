/**
 * A server that speaks the Hugging Face Hub's HTTP API as far as Hone uses it (huggingface.co/docs/hub/api), over files
 * in memory, and misbehaves on demand; it records who asked for what. For the unit tests and the journeys.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HubRepository {
  files: ReadonlyMap<string, Uint8Array>;
  licence?: string;
  /** Files are given to those alone who bring this token. */
  gatedBy?: string;
  /** Other content than the hub's own listing promises, by path. */
  swapped?: ReadonlyMap<string, Uint8Array>;
}

export interface HubOptions {
  repositories: Readonly<Record<string, HubRepository>>;
  /** Closes the connection once, when so many bytes of a part of this file have been sent. */
  cut?: { path: string; after: number };
  /** Sends whole files whatever part was asked for. */
  noRanges?: boolean;
  /** Where files are sent on to, as the public hub does. */
  sendOnTo?: string;
  /** Milliseconds between pieces of a file of 8 kB, so that there is time to press a button. */
  pace?: number;
  /** When the files were last changed, as it says; it says nothing without. */
  changed?: string;
  /** Does not say how long a file is. */
  noLength?: boolean;
  /** Says this of every file that it does not have, as servers of one page do. */
  page?: string;
  /** Answers everything with this status. */
  failing?: number;
  /** Lets no page read anything. */
  closed?: boolean;
}

export interface SeenRequest {
  path: string;
  authorization: string | null;
  range: string | null;
  status: number;
}

export interface HubServer {
  url: string;
  requests: readonly SeenRequest[];
  close(): Promise<void>;
}

const PIECE = 8 << 10;
/** Git LFS keeps what is large, as a rule by the file's ending. */
const LARGE = /\.(?:safetensors|bin)$/;

export async function startHub(options: HubOptions): Promise<HubServer> {
  const requests: SeenRequest[] = [];
  let cut = options.cut;
  const server = createServer(async (request, response) => {
    const { headers } = request;
    if (!options.closed) response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Headers', 'authorization, range');
    response.setHeader('Access-Control-Expose-Headers', 'content-range, content-length, link');
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    const seen = { path: decodeURIComponent(request.url ?? ''), status: 0 };
    response.on('close', () =>
      requests.push({
        ...seen,
        ...{ authorization: headers.authorization ?? null, range: headers.range ?? null },
        status: response.statusCode,
      }),
    );
    const answer: Answer = options.failing
      ? { status: options.failing, json: { error: 'not now' } }
      : answerTo(request, options);
    if (answer.location !== undefined) {
      response.writeHead(302, { Location: answer.location }).end();
      return;
    }
    if (answer.file === undefined) {
      response.writeHead(answer.status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(answer.json));
      return;
    }
    const isLook = headers.range?.endsWith('-') ?? false;
    const stopAt = cut && answer.path === cut.path && !isLook ? cut.after : null;
    if (stopAt !== null) cut = undefined;
    await sendFile(request, response, answer.file, { ...options, stopAt });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  status: number;
  json?: unknown;
  file?: Uint8Array;
  path?: string;
  location?: string;
}

function answerTo(
  { url = '', headers }: IncomingMessage,
  { repositories, sendOnTo, page }: HubOptions,
): Answer {
  const { pathname, search, searchParams } = new URL(url, 'http://hub');
  if (pathname === '/api/models') {
    const wanted = (searchParams.get('search') ?? '').toLowerCase();
    const found = Object.entries(repositories).filter(([name]) => name.toLowerCase().includes(wanted));
    return { status: 200, json: found.map(([name, repository]) => infoOf(name, repository)) };
  }
  const named = /^\/(api\/models\/)?([^/]+\/[^/]+)\/(revision|tree|resolve)\/([^/?]+)\/?(.*)$/.exec(pathname);
  const [, , name = '', kind, revision = '', path = ''] = named ?? [];
  const repository = repositories[name];
  // The public hub says this of what does not exist, too.
  if (!repository) return { status: 401, json: { error: 'Invalid username or password.' } };
  const commit = commitOf(repository);
  if (!['HEAD', 'main', commit].includes(decodeURIComponent(revision))) {
    return { status: 404, json: { error: `Invalid rev id: ${revision}` } };
  }
  if (kind === 'revision') return { status: 200, json: infoOf(name, repository) };
  if (kind === 'tree') return { status: 200, json: [...repository.files].map(entryOf) };
  if (repository.gatedBy !== undefined && headers.authorization !== `Bearer ${repository.gatedBy}`) {
    const status = headers.authorization === undefined ? 401 : 403;
    return { status, json: { error: `Access to model ${name} is restricted.` } };
  }
  const wanted = decodeURIComponent(path);
  if (sendOnTo !== undefined) return { status: 302, location: `${sendOnTo}${pathname}${search}` };
  const file = repository.swapped?.get(wanted) ?? repository.files.get(wanted);
  if (!file && page !== undefined) return { status: 200, file: new TextEncoder().encode(page), path: wanted };
  return file ? { status: 200, file, path: wanted } : { status: 404, json: { error: 'Entry not found' } };
}

export function commitOf({ files }: HubRepository): string {
  const hash = createHash('sha1');
  for (const [path, bytes] of files) hash.update(path).update(bytes);
  return hash.digest('hex');
}

function infoOf(name: string, repository: HubRepository) {
  const config = repository.files.get('config.json');
  return {
    _id: name,
    id: name,
    private: false,
    gated: repository.gatedBy === undefined ? false : 'manual',
    downloads: 1200,
    likes: 3,
    lastModified: '2026-01-01T00:00:00.000Z',
    sha: commitOf(repository),
    tags: ['safetensors', ...(repository.licence ? [`license:${repository.licence}`] : [])],
    config: { model_type: typeOf(config) },
    cardData: repository.licence ? { license: repository.licence, language: 'en' } : {},
  };
}

function typeOf(config: Uint8Array | undefined): string | null {
  try {
    return JSON.parse(new TextDecoder().decode(config)).model_type;
  } catch {
    return null;
  }
}

function entryOf([path, bytes]: readonly [string, Uint8Array]) {
  const git = createHash('sha1').update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex');
  const lfs = { oid: createHash('sha256').update(bytes).digest('hex'), size: bytes.byteLength };
  return {
    ...{ type: 'file', path, size: bytes.byteLength, oid: git },
    ...(LARGE.test(path) ? { lfs: { ...lfs, pointerSize: 134 } } : {}),
  };
}

async function sendFile(
  { headers }: IncomingMessage,
  response: ServerResponse,
  file: Uint8Array,
  { noRanges, noLength, changed, pace = 0, stopAt }: HubOptions & { stopAt: number | null },
): Promise<void> {
  const asked = noRanges ? null : /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '');
  const begin = Number(asked?.[1] ?? 0);
  const end = Math.min(file.byteLength, asked?.[2] ? Number(asked[2]) + 1 : file.byteLength);
  if (begin >= file.byteLength && asked) {
    response.writeHead(416).end();
    return;
  }
  response.writeHead(asked ? 206 : 200, {
    ...(noLength ? {} : { 'Content-Length': end - begin }),
    ...(changed === undefined ? {} : { 'Last-Modified': changed }),
    ...(asked ? { 'Content-Range': `bytes ${begin}-${end - 1}/${file.byteLength}` } : {}),
  });
  for (let at = begin; at < end; at += PIECE) {
    const stop = Math.min(end, at + PIECE, stopAt ?? end);
    const flushed = new Promise((resolve) => response.write(file.subarray(at, stop), resolve));
    await flushed;
    if (stopAt !== null && stop >= stopAt) {
      // A browser throws away what it has not handed on when the connection breaks.
      await new Promise((resolve) => setTimeout(resolve, 300));
      response.destroy();
      return;
    }
    if (pace > 0) await new Promise((resolve) => setTimeout(resolve, pace));
    if (response.destroyed) return;
  }
  response.end();
}
