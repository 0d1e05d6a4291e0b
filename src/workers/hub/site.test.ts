/** Models from web addresses, against a plain server: what is offered, what is downloaded, what is refused. */
import { type Zippable, zipSync } from 'fflate';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type HubOptions, type HubServer, startHub } from '../../../e2e/hubServer';
import { startBackend } from '../../engine/backend/start';
import { WASM } from '../../engine/testing/testModels';
import { importModel } from '../importModel';
import type { StoredModels } from '../storedModels';
import { memoryModels, tinyFolder, tryOut, widerConfig } from '../testModelFiles';
import { type DownloadPorts, download, listUnfinished } from './download';
import type { Here } from './offer';
import { offerAt } from './siteOffer';

const REPO = 'files/our-bert';
const HERE: Here = { bufferLimit: null, room: 1e12 };
const DATED = 'Mon, 02 Jan 2026 03:04:05 GMT';

type Files = Map<string, Uint8Array>;

let server: HubServer;
let stored: StoredModels;

beforeAll(() => startBackend({ choice: 'wasm', wasm: WASM }).then(() => undefined));
beforeEach(() => {
  stored = memoryModels();
});
afterEach(() => server.close());

async function open(files: Files, options: Partial<HubOptions> = {}): Promise<void> {
  server = await startHub({ repositories: { [REPO]: { files } }, ...options });
}

/** Where the files lie; the server has them under a hub's paths, which are plain addresses. */
const folder = (): string => `${server.url}/${REPO}/resolve/main/`;

/** Node's own fetch in place of a door, which follows no redirect to another origin. */
const openDoor: DownloadPorts['openDoor'] = (origin) => ({
  fetch: async (request) => {
    const response = await fetch(request);
    if (new URL(response.url).origin === origin) return response;
    throw new TypeError('sent on');
  },
  close: () => undefined,
});

function ports(signal = new AbortController().signal): DownloadPorts {
  return { stored, openDoor, tryOut, emit: () => undefined, signal, wait: async () => undefined };
}

const look = (address = folder(), here = HERE) => offerAt(address, ports(), here);
const zipped = (files: Files): Uint8Array =>
  zipSync(Object.fromEntries([...files].map(([path, bytes]) => [`tiny/${path}`, bytes])) as Zippable);
const withZip = (files = tinyFolder()): Files => new Map([['our-bert.zip', zipped(files)]]);
const asked = (name: string): (string | null)[] =>
  server.requests.filter(({ path }) => path.endsWith(name)).map(({ range }) => range);

/** The id of the same files, dropped. */
async function dropped(files: Files, name: string): Promise<string> {
  const given = [...files].map(([path, bytes]) => ({
    path,
    file: new Blob([bytes as Uint8Array<ArrayBuffer>]),
  }));
  const upload = { kind: 'folder', name, files: given } as const;
  return (await importModel(upload, { ...ports(), stored: memoryModels() })).id;
}

describe('a folder at an address', () => {
  test('is told of before its weights are asked for, and becomes the model that its files are', async () => {
    const files = tinyFolder();
    await open(files, { changed: DATED });
    const address = `${folder()}?key=secret`;
    const offer = await look(address);
    expect(offer).toMatchObject({
      ...{ name: 'main', family: 'bert', refusal: null, fit: { fit: 'fits' } },
      source: { kind: 'url', address, zip: false },
      bytes: [...files.values()].reduce((sum, { byteLength }) => sum + byteLength, 0),
    });
    expect(asked('model.safetensors?key=secret')).toEqual(['bytes=0-']);
    const record = await download(offer, null, ports());
    expect(record).toMatchObject({
      ...{ id: await dropped(files, 'main'), name: 'main', licence: 'mit', languages: ['en', 'de'] },
      source: { kind: 'url', address: folder() },
    });
    expect(await listUnfinished(stored)).toEqual([]);
  });

  test('may be in shards, with its way of pooling', async () => {
    const whole = tinyFolder();
    const shard = 'model-00001-of-00001.safetensors';
    const weights = whole.get('model.safetensors') as Uint8Array;
    const size = Number(new DataView(weights.buffer, weights.byteOffset).getBigUint64(0, true));
    const head = JSON.parse(new TextDecoder().decode(weights.subarray(8, 8 + size)));
    const names = Object.keys(head).map((name) => [name, shard]);
    const index = JSON.stringify({ weight_map: Object.fromEntries(names) });
    const files = tinyFolder({
      ...{ 'model.safetensors': null, 'model.safetensors.index.json': index, [shard]: weights },
      'modules.json': '[{"type":"sentence_transformers.models.Pooling","path":"1_Pooling"}]',
      '1_Pooling/config.json': '{"pooling_mode_cls_token":true}',
    });
    await open(files);
    const offer = await look();
    expect(offer.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([shard, '1_Pooling/config.json']),
    );
    expect((await download(offer, null, ports())).id).toBe(await dropped(files, 'main'));
  });

  test.each<[string, Parameters<typeof tinyFolder>[0], string]>([
    ['a pickle alone', { 'model.safetensors': null, 'pytorch_model.bin': 'x' }, 'unsafe-pickle'],
    ['no tokenizer', { 'tokenizer.json': null }, 'model-file-missing'],
    ['no weights', { 'model.safetensors': null }, 'model-file-missing'],
    ['no config', { 'config.json': null }, 'no-model-there'],
    ['another architecture', { 'config.json': '{"model_type":"mamba"}' }, 'unsupported-architecture'],
    ['a config that is none', { 'config.json': 'not json' }, 'bad-model-config'],
  ])('with %s is refused before the download', async (_, changes, code) => {
    await open(tinyFolder(changes), { page: '<!DOCTYPE html>' });
    expect((await look()).refusal).toMatchObject({ code, hint: expect.stringMatching(/\w/) });
    expect(asked('model.safetensors').filter((range) => range !== 'bytes=0-')).toEqual([]);
  });

  test('of weights in another shape is refused once they are read, and leaves nothing', async () => {
    await open(tinyFolder({ 'config.json': widerConfig() }));
    await expect(download(await look(), null, ports())).rejects.toMatchObject({ code: 'bad-model-weights' });
    expect(await stored.folders()).toEqual([]);
  });
});

describe('a zip at an address', () => {
  const address = (): string => `${folder()}our-bert.zip`;

  test('is unpacked into the model that its folder is, and kept no longer', async () => {
    await open(withZip());
    const offer = await look(address());
    expect(offer).toMatchObject({ name: 'our-bert', family: null, source: { zip: true }, refusal: null });
    const record = await download(offer, null, ports());
    expect(record.id).toBe(await dropped(tinyFolder(), 'our-bert'));
    const [place = ''] = await stored.folders();
    expect(await stored.size(place, 'zip')).toBe(0);
  });

  test('goes on from the bytes it has when the connection is cut, and after a pause', async () => {
    await open(withZip(), { cut: { path: 'our-bert.zip', after: 30_000 } });
    const offer = await look(address());
    const pausing = new AbortController();
    const wanted = { ...ports(pausing.signal), wait: async () => pausing.abort() };
    await expect(download(offer, null, wanted)).rejects.toThrow();
    expect((await listUnfinished(stored))[0]).toMatchObject({ offer: { name: 'our-bert' }, bytes: 30_000 });
    await download(offer, null, ports());
    expect(asked('.zip').map((range) => range?.split('-')[0])).toEqual(['bytes=0', 'bytes=0', 'bytes=30000']);
  });

  test('is unpacked anew when an earlier try ended in the middle', async () => {
    await open(withZip());
    const offer = await look(address());
    const ending = new AbortController();
    const tryOut = async () => {
      ending.abort(new Error('the tab was closed'));
      throw ending.signal.reason;
    };
    await expect(download(offer, null, { ...ports(ending.signal), tryOut })).rejects.toThrow('closed');
    expect((await listUnfinished(stored))[0]?.bytes).toBe(offer.bytes);
    expect((await download(offer, null, ports())).id).toBe(await dropped(tinyFolder(), 'our-bert'));
  });

  test.each<[string, Files, string]>([
    ['that is none', new Map([['our-bert.zip', new TextEncoder().encode('hello')]]), 'bad-zip'],
    ['that is a page', new Map([['our-bert.zip', new TextEncoder().encode('<html>')]]), 'bad-zip'],
  ])('%s is refused before the download', async (_, files, code) => {
    await open(files);
    expect((await look(address())).refusal).toMatchObject({ code, hint: expect.stringMatching(/\w/) });
  });

  test.each<[string, () => Uint8Array, string]>([
    [
      'unpacks to far more than itself',
      () => zipped(tinyFolder({ 'a.json': new Uint8Array(90 << 20) })),
      'zip-too-large',
    ],
    ['leads out of its folder', () => zipped(tinyFolder({ '../../x.json': '{}' })), 'bad-zip-path'],
    ['was cut short', () => zipped(tinyFolder()).slice(0, 40_000), 'bad-zip'],
    [
      'holds a pickle',
      () => zipped(tinyFolder({ 'model.safetensors': null, 'pytorch_model.bin': 'x' })),
      'unsafe-pickle',
    ],
  ])('that %s is refused, and leaves nothing', async (_, zip, code) => {
    await open(new Map([['our-bert.zip', zip()]]));
    await expect(download(await look(address()), null, ports())).rejects.toMatchObject({ code });
    expect(await stored.folders()).toEqual([]);
  });

  test('needs room for itself and for what it holds', async () => {
    await open(withZip());
    const { bytes } = await look(address());
    expect((await look(address(), { ...HERE, room: 2 * bytes - 1 })).refusal).toMatchObject({
      code: 'no-room',
    });
    expect((await look(address(), { ...HERE, room: 2 * bytes })).refusal).toBeNull();
  });
});

describe('an address', () => {
  test('where nobody answers, or that sends on to another, is told as such', async () => {
    await open(tinyFolder());
    const store = server;
    await open(tinyFolder(), { sendOnTo: store.url });
    await expect(look()).rejects.toMatchObject({
      code: 'address-unreachable',
      hint: expect.stringMatching(/CORS/),
    });
    await server.close();
    await expect(look()).rejects.toMatchObject({ code: 'address-unreachable' });
    await store.close();
  });

  test('that says no sizes is refused, since what it would take is unknown', async () => {
    await open(tinyFolder(), { noLength: true });
    expect((await look()).refusal).toMatchObject({ code: 'size-not-told' });
  });

  test('whose file changes on the way gives no mixture', async () => {
    await open(tinyFolder(), { changed: DATED });
    const offer = await look();
    const { source } = offer;
    await server.close();
    await open(tinyFolder(), { changed: 'Tue, 03 Jan 2026 03:04:05 GMT' });
    const moved = { ...offer, source: { ...source, address: folder() } };
    await expect(download(moved, null, ports())).rejects.toMatchObject({ code: 'address-changed' });
    expect(await stored.list()).toEqual([]);
  });

  test('that is not up to it is told as such', async () => {
    await open(tinyFolder(), { failing: 503 });
    await expect(look()).rejects.toMatchObject({
      code: 'address-failing',
      hint: expect.stringMatching(/\w/),
    });
  });

  test('whose file has gone meanwhile is told as such, and what has arrived is kept', async () => {
    await open(tinyFolder());
    const { source, ...offer } = await look();
    await server.close();
    await open(tinyFolder({ 'model.safetensors': null }));
    const moved = { ...offer, source: { ...source, address: folder() } };
    await expect(download(moved, null, ports())).rejects.toMatchObject({ code: 'address-missing' });
    expect((await listUnfinished(stored))[0]?.bytes).toBeGreaterThan(0);
  });

  test('whose file is longer than it said ends there', async () => {
    await open(tinyFolder());
    const offer = await look();
    const files = offer.files.map((file) => ({ ...file, bytes: file.bytes - 1 }));
    await expect(download({ ...offer, files }, null, { ...ports() })).rejects.toMatchObject({
      code: expect.stringMatching(/bad-|download-damaged/),
    });
    expect(await stored.list()).toEqual([]);
  });
});
