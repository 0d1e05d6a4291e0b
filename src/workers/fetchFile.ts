/** A data file from an address that the user agreed to: through a door of its own, bounded as a chosen file is. */
import { EngineError } from '../engine/core/errors';
import { sha256 } from '../engine/core/hash';
import { assertFileSize } from '../engine/data/binary';
import type { Door } from '../engine/pipeline/ports';
import type { Progress } from './protocol';

interface FetchOptions {
  openDoor: (origin: string) => Door;
  emit: (progress: Progress) => void;
  signal: AbortSignal;
}

/**
 * The bytes at an http(s) address, and its last part as their name. With `hash` (hex SHA-256), those bytes or none.
 * @throws bad-address, file-unreachable, file-too-large, other-file
 */
export async function fetchFile(
  address: string,
  hash: string | null,
  { openDoor, emit, signal }: FetchOptions,
): Promise<{ bytes: Uint8Array; name: string }> {
  const url = new URL(address);
  if (url.username || url.password) {
    throw new EngineError({
      code: 'bad-address',
      message: 'The address of the data may not hold a name or a password.',
      hint: 'Give an address that anyone can open.',
    });
  }
  const name = nameOf(url);
  const door = openDoor(url.origin);
  try {
    const bytes = await read(url, name, door, { emit, signal });
    if (hash !== null && (await sha256(bytes)) !== hash) throw otherFile(url);
    return { bytes, name };
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof TypeError ? unreachable(url, 'Nothing came back') : error;
  } finally {
    door.close();
  }
}

async function read(
  url: URL,
  name: string,
  door: Door,
  { emit, signal }: Pick<FetchOptions, 'emit' | 'signal'>,
): Promise<Uint8Array> {
  const response = await door.fetch(new Request(url, { signal }));
  if (!response.ok) throw unreachable(url, `The answer ${response.status} came back`);
  // 0 where the server does not say; what is packed on the way is longer in the end than it says.
  const total = Number(response.headers.get('content-length') ?? 0);
  assertFileSize(total, name);
  const parts: Uint8Array[] = [];
  let done = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    parts.push(part.value);
    done += part.value.byteLength;
    assertFileSize(done, name);
    emit({
      label: `Fetching ${name} from ${url.host}`,
      done,
      total: total === 0 ? 0 : Math.max(total, done),
    });
  }
  return new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}

/** The last part of the path, without what could not stand in a file name. */
function nameOf({ pathname, host }: URL): string {
  const last = pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last).replace(/[/\\]/g, '-') || host;
  } catch {
    return last || host;
  }
}

function unreachable(url: URL, what: string): EngineError {
  return new EngineError({
    code: 'file-unreachable',
    message: `${what} from ${url.host} for ${url.pathname}.`,
    hint: 'Check the address and the connection. The server must let web pages read the file (CORS) and may not send them on to another address. Otherwise download the file yourself and open it on the Data page.',
  });
}

function otherFile({ host }: URL): EngineError {
  return new EngineError({
    code: 'other-file',
    message: `The file at ${host} is not the one that was fixed in the link: its SHA-256 is another.`,
    hint: 'It has changed since. Ask for a link to the file as it is now.',
  });
}
