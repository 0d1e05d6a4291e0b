/** Fetching a data file through a door that answers as the test says. */
import { describe, expect, test } from 'vitest';
import { sha256 } from '../engine/core/hash';
import { MAX_FILE_BYTES } from '../engine/data/binary';
import { fetchFile } from './fetchFile';
import type { Progress } from './protocol';

const CSV = 'text,label\nhello,a\n';
const ADDRESS = 'https://data.example/sets/my%20rows.csv?raw=1';

/** What came, which origin a door was opened for, and whether it was closed. */
async function fetched(
  reply: (request: Request) => Response | Promise<Response>,
  { address = ADDRESS, hash = null as string | null, signal = new AbortController().signal } = {},
) {
  const seen = { origin: '', closed: false, progress: [] as Progress[] };
  const openDoor = (origin: string) => {
    seen.origin = origin;
    return {
      fetch: async (request: Request) => reply(request),
      close: () => {
        seen.closed = true;
      },
    };
  };
  const result = await fetchFile(address, hash, {
    ...{ openDoor, signal },
    emit: (progress) => seen.progress.push(progress),
  }).catch((error: unknown) => error);
  return { ...seen, result };
}

const sized = (body: string): Response =>
  new Response(body, { headers: { 'content-length': String(body.length) } });

describe('a file at an address', () => {
  test('comes through a door for its own site, which is closed after, with a name and progress', async () => {
    const { result, origin, closed, progress } = await fetched(() => sized(CSV));
    expect(result).toEqual({ name: 'my rows.csv', bytes: new TextEncoder().encode(CSV) });
    expect(origin).toBe('https://data.example');
    expect(closed).toBe(true);
    expect(progress.at(-1)).toMatchObject({ done: CSV.length, total: CSV.length });
  });

  test('is taken when it is the one that was fixed, and no other', async () => {
    const hash = await sha256(new TextEncoder().encode(CSV));
    expect((await fetched(() => sized(CSV), { hash })).result).toMatchObject({ name: 'my rows.csv' });
    const other = await fetched(() => sized(`${CSV}more,b\n`), { hash });
    expect(other.result).toMatchObject({ code: 'other-file' });
    expect(other.closed).toBe(true);
  });

  test.each<[string, () => Response, string]>([
    [
      'a server that is not there',
      () => {
        throw new TypeError('no answer');
      },
      'file-unreachable',
    ],
    ['a page that is not there', () => new Response('gone', { status: 404 }), 'file-unreachable'],
    [
      'more than can be read, as told',
      () => new Response('x', { headers: { 'content-length': String(MAX_FILE_BYTES + 1) } }),
      'file-too-large',
    ],
    ['more than can be read, not told', () => new Response(endless()), 'file-too-large'],
  ])('%s is told as such', async (_what, reply, code) => {
    const { result, closed } = await fetched(reply);
    expect(result).toMatchObject({ code });
    expect(closed).toBe(true);
  });

  test('with a password in its address opens no door', async () => {
    const { result, origin } = await fetched(() => sized(CSV), {
      address: 'https://me:pw@data.example/a.csv',
    });
    expect(result).toMatchObject({ code: 'bad-address' });
    expect(origin).toBe('');
  });

  test('given up is no error of the address', async () => {
    const giveUp = new AbortController();
    const { result } = await fetched(
      () => {
        giveUp.abort(new Error('given up'));
        throw new TypeError('no answer');
      },
      { signal: giveUp.signal },
    );
    expect(result).toEqual(new Error('given up'));
  });
});

/** The same part again and again: the reader has to stop by itself. */
function endless(): ReadableStream<Uint8Array> {
  const part = new Uint8Array(64 * 1024 * 1024);
  return new ReadableStream({ pull: (controller) => controller.enqueue(part) }, { highWaterMark: 0 });
}
