/** Models from a hub, against a server that speaks its API: what is offered, what is downloaded, what is refused. */
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { commitOf, type HubOptions, type HubServer, startHub } from '../../../e2e/hubServer';
import { startBackend } from '../../engine/backend/start';
import type { ModelOffer } from '../../engine/core/modelOffer';
import { WASM } from '../../engine/testing/testModels';
import type { Progress } from '../protocol';
import type { StoredModels } from '../storedModels';
import { memoryModels, tinyFolder, tryOut, widerConfig } from '../testModelFiles';
import { type DownloadPorts, download, listUnfinished } from './download';
import { withHub } from './hub';
import { type Here, offerOf } from './offer';

const REPO = 'makers/tiny-bert';
const HERE: Here = { bufferLimit: null, room: 1e12 };

let hub: HubServer;
let stored: StoredModels;
let said: Progress[];

beforeAll(() => startBackend({ choice: 'wasm', wasm: WASM }).then(() => undefined));
beforeEach(() => {
  stored = memoryModels();
  said = [];
});
afterEach(() => hub.close());

async function open(options: Partial<HubOptions> = {}, files = tinyFolder()): Promise<void> {
  hub = await startHub({ repositories: { [REPO]: { files, licence: 'mit' } }, ...options });
}

/** Node's own fetch in place of a door; redirects as a door for a mirror takes them. */
const openDoor: DownloadPorts['openDoor'] = () => ({
  fetch: async (request) => {
    const response = await fetch(request);
    if (new URL(response.url).origin === hub.url) return response;
    throw new TypeError('sent on');
  },
  close: () => undefined,
});

function ports(signal = new AbortController().signal): DownloadPorts {
  return { stored, openDoor, tryOut, emit: (event) => said.push(event), signal, wait: async () => undefined };
}

async function look(
  { repo = REPO, revision = null as string | null, token = null as string | null } = {},
  here = HERE,
) {
  const { signal } = new AbortController();
  return withHub({ address: hub.url, token }, { openDoor, signal }, (api) =>
    offerOf(api, hub.url, { repo, revision }, { token, here }),
  );
}

const weights = () => hub.requests.filter(({ path }) => path.endsWith('/model.safetensors'));

describe('what a hub offers', () => {
  test('is told before anything large is asked for', async () => {
    const files = tinyFolder();
    await open({}, files);
    const offer = await look();
    expect(offer).toMatchObject({
      source: { kind: 'hub', address: hub.url, repo: REPO, commit: commitOf({ files }) },
      ...{ name: REPO, licence: 'mit', languages: ['en'], family: 'bert' },
      ...{ gated: false, refusal: null, fit: { fit: 'fits' } },
      bytes: [...files.values()].reduce((sum, { byteLength }) => sum + byteLength, 0),
    });
    const size = files.get('model.safetensors')?.byteLength ?? 0;
    expect(offer.fit?.peakBytes).toBe(4 * (offer.parameters ?? 0) + size);
    expect(weights()).toEqual([]);
  });

  test('is found by a search', async () => {
    await open();
    const { signal } = new AbortController();
    const hits = await withHub({ address: hub.url, token: null }, { openDoor, signal }, (api) =>
      api.search('tiny', 5),
    );
    expect(hits).toEqual([
      { repo: REPO, family: 'bert', licence: 'mit', parameters: null, downloads: 1200, gated: false },
    ]);
  });

  test.each([
    ['a pickle alone', { 'model.safetensors': null, 'pytorch_model.bin': 'x' }, 'unsafe-pickle'],
    ['no tokenizer', { 'tokenizer.json': null }, 'model-file-missing'],
    ['no weights', { 'model.safetensors': null }, 'model-file-missing'],
    ['another architecture', { 'config.json': '{"model_type":"mamba"}' }, 'unsupported-architecture'],
    ['a config that is none', { 'config.json': 'not json' }, 'bad-model-config'],
  ])('with %s is refused before the download', async (_, changes, code) => {
    await open({}, tinyFolder(changes));
    expect((await look()).refusal).toMatchObject({ code, hint: expect.stringMatching(/\w/) });
    expect(weights()).toEqual([]);
  });

  test('that needs consent is refused without a token and with one that may not, and had with the right one', async () => {
    await open({ repositories: { [REPO]: { files: tinyFolder(), gatedBy: 'hf_right' } } });
    expect((await look()).refusal).toMatchObject({
      code: 'gated-model',
      hint: expect.stringContaining(REPO),
    });
    expect((await look({ token: 'hf_wrong' })).refusal).toMatchObject({ code: 'hub-denied' });
    const offer = await look({ token: 'hf_right' });
    expect(offer.refusal).toBeNull();
    expect((await download(offer, 'hf_right', ports())).name).toBe(REPO);
    await expect(download(offer, null, { ...ports(), stored: memoryModels() })).rejects.toMatchObject({
      code: 'hub-denied',
    });
  });

  test('that does not fit the memory or the disk says so with the number', async () => {
    await open();
    expect((await look({}, { ...HERE, room: 1000 })).refusal).toMatchObject({ code: 'no-room' });
    expect((await look({}, { ...HERE, bufferLimit: 100 })).fit?.fit).toBe('does-not-fit');
  });

  test.each([
    ['an unknown model', { repo: 'makers/none' }, 'hub-denied'],
    ['an unknown revision', { revision: 'v9' }, 'hub-missing'],
  ])('%s is told as such', async (_, wanted, code) => {
    await open();
    await expect(look(wanted)).rejects.toMatchObject({ code, hint: expect.stringMatching(/\w/) });
  });

  test.each([429, 503])('a hub that is not up to it (%i) is told as such', async (failing) => {
    await open({ failing });
    await expect(look()).rejects.toMatchObject({ code: 'hub-failing', hint: expect.stringMatching(/\w/) });
  });

  test('an address where nobody answers, or something else does, is told as such', async () => {
    await open();
    await hub.close();
    await expect(look()).rejects.toMatchObject({ code: 'hub-unreachable' });
    await open({ repositories: {} });
    const other = {
      openDoor: () => ({ fetch: async () => Response.json({ hello: 1 }), close: () => undefined }),
    };
    const { signal } = new AbortController();
    const asked = withHub({ address: hub.url, token: null }, { ...other, signal }, (api) =>
      api.model(REPO, null),
    );
    await expect(asked).rejects.toMatchObject({ code: 'hub-strange' });
  });
});

describe('a download', () => {
  test('becomes a stored model with the hub’s facts', async () => {
    const files = tinyFolder();
    await open({}, files);
    const [offer, commit] = [await look(), commitOf({ files })];
    const record = await download(offer, null, ports());
    expect(record).toMatchObject({
      ...{
        id: `${REPO}@${commit.slice(0, 8)}`,
        revision: commit,
        licence: 'mit',
        bytes: offer.bytes,
      },
      source: { kind: 'hub', address: hub.url, repo: REPO, commit },
    });
    expect(await listUnfinished(stored)).toEqual([]);
    expect(said.at(-2)).toMatchObject({ done: offer.bytes, total: offer.bytes });
  });

  test('goes on from the bytes it has when the connection is cut', async () => {
    await open({ cut: { path: 'model.safetensors', after: 30_000 } });
    await download(await look(), null, ports());
    expect(weights().map(({ range }) => range?.split('-')[0])).toEqual(['bytes=0', 'bytes=30000']);
  });

  test('that was paused goes on with what it has', async () => {
    await open();
    const offer = await look();
    const pausing = new AbortController();
    const wanted = { ...ports(pausing.signal) };
    wanted.emit = ({ label }) => {
      if (label.includes('model.safetensors')) pausing.abort();
    };
    await expect(download(offer, null, wanted)).rejects.toThrow();
    const [paused] = await listUnfinished(stored);
    expect(paused).toMatchObject({ offer: { name: REPO }, bytes: expect.any(Number) });
    expect(paused?.bytes).toBeGreaterThan(0);
    const before = hub.requests.length;
    await download(offer, null, ports());
    expect(hub.requests.slice(before).some(({ path }) => path.includes('tokenizer'))).toBe(false);
    expect(await listUnfinished(stored)).toEqual([]);
  });

  test('starts a file again where the server knows no ranges', async () => {
    await open({ noRanges: true, cut: { path: 'model.safetensors', after: 30_000 } });
    const record = await download(await look(), null, ports());
    expect(record.bytes).toBe((await look()).bytes);
  });

  test('gives up when the connection does not come back, and keeps what it has', async () => {
    await open({ cut: { path: 'model.safetensors', after: 30_000 } });
    const offer = await look();
    const failing = { ...ports(), wait: () => hub.close() };
    await expect(download(offer, null, failing)).rejects.toMatchObject({ code: 'connection-lost' });
    expect((await listUnfinished(stored))[0]?.bytes).toBeGreaterThan(30_000);
  });

  test.each(['model.safetensors', 'config.json'])(
    'whose %s is not what was promised is refused',
    async (path) => {
      const files = tinyFolder();
      const other = (files.get(path) as Uint8Array).slice();
      other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
      await open();
      const offer = await look();
      await hub.close();
      await open({ repositories: { [REPO]: { files, swapped: new Map([[path, other]]) } } });
      const moved = ({ source, ...rest }: ModelOffer): ModelOffer => ({
        ...rest,
        source: { ...source, address: hub.url },
      });
      await expect(download(moved(offer), null, ports())).rejects.toMatchObject({
        code: 'download-damaged',
        message: expect.stringContaining(path),
      });
      expect(await stored.list()).toEqual([]);
    },
  );

  test('of weights in another shape is refused once they are read, and leaves nothing', async () => {
    await open({}, tinyFolder({ 'config.json': widerConfig() }));
    await expect(download(await look(), null, ports())).rejects.toMatchObject({ code: 'bad-model-weights' });
    expect(await stored.folders()).toEqual([]);
  });
});

test('a token goes to no other address, and files from there are not taken', async () => {
  await open();
  const store = hub;
  await open({ repositories: { [REPO]: { files: tinyFolder(), gatedBy: 't' } }, sendOnTo: store.url });
  await expect(look({ token: 't' })).rejects.toMatchObject({ code: 'hub-unreachable' });
  expect(store.requests.every(({ authorization }) => authorization === null)).toBe(true);
  await store.close();
});

test('what an import left behind is swept, unless it is under way or a download that is paused', async () => {
  await open();
  const writer = await stored.append('left-behind', '0');
  writer.write(new Uint8Array(3));
  writer.close();
  await stored.note.write('left-behind', 'other.json', {});
  expect(await stored.folders()).toContain('left-behind');
  await stored.note.write('paused', 'download.json', { version: 2, offer: await look() });
  await stored.alone('left-behind', () => stored.sweep());
  expect(await stored.size('left-behind', '0')).toBe(3);
  await stored.sweep();
  expect(await stored.folders()).toEqual(['paused']);
  expect(await stored.size('left-behind', '0')).toBe(0);
});
