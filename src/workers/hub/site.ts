/** Files at a web address, as any server gives them that lets pages read it; through a door of its own. */
import { EngineError } from '../../engine/core/errors';
import type { Door } from '../../engine/pipeline/ports';
import type { HubPorts } from './hub';
import { escapedPath, type Part, rangeOf } from './request';

/** What the beginning of an answer tells of a file. */
export interface Peek {
  /** Null where the server does not say. */
  bytes: number | null;
  /** `Last-Modified`; null where the server does not say. */
  changed: string | null;
  /** Its first bytes, at most four. */
  head: Uint8Array;
}

export interface Site {
  /** Null where there is none. '' is the address itself. */
  peek(path: string): Promise<Peek | null>;
  /** A part of a file, or all of it. Error statuses are refused. */
  file(path: string, part?: Part): Promise<Response>;
}

/** Statuses of what is not there; some stores answer 403 where a name is unknown. */
const ABSENT = [403, 404, 410];
const HEAD_BYTES = 4;

/** Does `work` with the address and closes the way to it. @throws address-*; the signal's reason */
export async function withSite<T>(
  address: string,
  { openDoor, signal }: HubPorts,
  work: (site: Site) => Promise<T>,
): Promise<T> {
  const door = openDoor(new URL(address).origin, { stores: [] });
  try {
    return await work(siteAt(address, door, signal));
  } finally {
    door.close();
  }
}

function siteAt(address: string, door: Door, signal: AbortSignal): Site {
  const ask = async (url: URL, range: string | null): Promise<Response> => {
    const headers = new Headers(range === null ? {} : { Range: range });
    try {
      return await door.fetch(new Request(url, { headers, signal }));
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof TypeError ? unreachable(url) : error;
    }
  };
  return {
    async peek(path) {
      const url = fileUrl(address, path);
      // Of a range to the end every server tells the length by a header that pages may read, and the rest is not taken.
      const response = await ask(url, 'bytes=0-');
      if (ABSENT.includes(response.status)) return null;
      // A file of no bytes has no range.
      if (response.status !== 416 && !response.ok) throw failing(url, response.status);
      const told = Number(response.headers.get('content-length') ?? Number.NaN);
      const head = await firstBytes(response, signal);
      const bytes = response.status === 416 ? 0 : told;
      return {
        bytes: Number.isSafeInteger(bytes) ? bytes : null,
        changed: response.headers.get('last-modified'),
        head,
      };
    },
    async file(path, part) {
      const url = fileUrl(address, path);
      const response = await ask(url, part ? rangeOf(part) : null);
      if (response.status === 416) throw changed(url);
      if (!response.ok) throw failing(url, response.status);
      return response;
    },
  };
}

/** Below the folder's address; what it asks for (`?…`) is asked for with every file. */
function fileUrl(address: string, path: string): URL {
  const url = new URL(address);
  if (path === '') return url;
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${escapedPath(path)}`;
  return url;
}

async function firstBytes({ body }: Response, signal: AbortSignal): Promise<Uint8Array> {
  const reader = body?.getReader();
  try {
    const part = await reader?.read();
    return part?.value?.slice(0, HEAD_BYTES) ?? new Uint8Array();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof TypeError)) throw error;
    return new Uint8Array();
  } finally {
    await reader?.cancel().catch(() => undefined);
  }
}

function unreachable({ host }: URL): EngineError {
  return new EngineError({
    code: 'address-unreachable',
    message: `Nothing came back from ${host} that this page may read.`,
    hint: 'Check the address and the connection. The server must let web pages read its files (CORS), in parts, and may not send them on to another address. Otherwise download the model yourself and drop it here.',
  });
}

function failing({ host, pathname }: URL, status: number): EngineError {
  if (ABSENT.includes(status)) {
    return new EngineError({
      code: 'address-missing',
      message: `${host} has no ${pathname} for everyone (HTTP ${status}).`,
      hint: 'Check the address: it must give the file to anyone.',
    });
  }
  return new EngineError({
    code: 'address-failing',
    message: `${host} could not answer for ${pathname} (HTTP ${status}).`,
    hint: 'Try again in a while. What has arrived is kept.',
  });
}

/** Not the file that was looked at. */
export function changed({ host, pathname }: Pick<URL, 'host' | 'pathname'>): EngineError {
  return new EngineError({
    code: 'address-changed',
    message: `${pathname} was changed at ${host} since the download began.`,
    hint: 'Throw the download away and look at the address again: parts of two states make no model.',
  });
}
