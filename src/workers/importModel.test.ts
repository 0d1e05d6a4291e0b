/** Models out of folders and zips: what is kept of them, and what is refused with nothing left behind. */
import { readFileSync } from 'node:fs';
import { strToU8, type Zippable, zipSync } from 'fflate';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startBackend } from '../engine/backend/start';
import { sha256 } from '../engine/core/hash';
import { WASM } from '../engine/testing/testModels';
import { importModel, type Upload } from './importModel';
import { cardFacts } from './modelCard';
import { createModelLibrary } from './models';
import type { StoredModels } from './storedModels';
import { memoryModels, tinyFolder, tryOut } from './testModelFiles';

let stored: StoredModels;

beforeAll(() => startBackend({ choice: 'wasm', wasm: WASM }).then(() => undefined));
beforeEach(() => {
  stored = memoryModels();
});

type Files = ReadonlyMap<string, Uint8Array>;

function take(upload: Upload, signal = new AbortController().signal) {
  return importModel(upload, { stored, tryOut, emit: () => undefined, signal });
}

function asFolder(files: Files, name = 'My model'): Upload {
  return {
    kind: 'folder',
    name,
    files: [...files].map(([path, bytes]) => ({ path, file: new Blob([bytes as Uint8Array<ArrayBuffer>]) })),
  };
}

function asZip(files: Files, below = ''): Upload {
  const entries: Zippable = Object.fromEntries([...files].map(([path, bytes]) => [`${below}${path}`, bytes]));
  return { kind: 'zip', name: 'My model.zip', file: new Blob([zipSync(entries) as Uint8Array<ArrayBuffer>]) };
}

describe('a folder', () => {
  test('becomes a model with its facts, and loads', async () => {
    const record = await take(asFolder(tinyFolder()));
    expect(record).toMatchObject({
      ...{ name: 'My-model', source: { kind: 'folder' }, licence: 'mit', languages: ['en', 'de'] },
      ...{ family: 'bert', id: `My-model@${record.revision.slice(0, 8)}` },
    });
    const weights = record.files.find(({ path }) => path === 'model.safetensors');
    expect(weights?.sha256).toBe(await sha256(tinyFolder().get('model.safetensors') as Uint8Array));
    const library = createModelLibrary('http://page', stored);
    expect((await library.load(record.id)).parameters).toBe(record.parameters);
    expect(await library.entry(record.id)).toMatchObject({ licence: 'mit', storedAt: record.storedAt });
  });

  test('is the same model again when it is the same content, and another when it is not', async () => {
    const first = await take(asFolder(tinyFolder()));
    expect((await take(asFolder(tinyFolder()))).id).toBe(first.id);
    expect((await take(asFolder(tinyFolder({ 'README.md': 'Another card' })))).id).not.toBe(first.id);
    expect(await stored.folders()).toHaveLength(2);
  });

  test('may lie one folder down, beside other things', async () => {
    const files = new Map([...tinyFolder()].map(([path, bytes]) => [`deep/er/${path}`, bytes]));
    files.set('notes.txt', strToU8('x'));
    files.set('deep/er/1_Other/config.json', strToU8('{}'));
    const record = await take(asFolder(files));
    expect(record.files.map(({ path }) => path)).toContain('config.json');
    expect(record.files).toHaveLength(5);
  });

  test('once deleted is told as not stored, with the way out', async () => {
    const { id } = await take(asFolder(tinyFolder()));
    await stored.remove(id);
    expect(await stored.folders()).toEqual([]);
    await expect(createModelLibrary('http://page', stored).load(id)).rejects.toMatchObject({
      code: 'model-not-stored',
      hint: expect.stringContaining('My-model'),
    });
  });

  test('that was cut in storage is not loaded', async () => {
    const record = await take(asFolder(tinyFolder()));
    const [folder = ''] = await stored.folders();
    await stored.removeFile(folder, record.files.find(({ path }) => path === 'model.safetensors')?.at ?? '');
    await expect(createModelLibrary('http://page', stored).load(record.id)).rejects.toMatchObject({
      code: 'model-damaged',
    });
  });
});

test('a stored model that cannot be read does not hide the others', async () => {
  vi.stubGlobal('fetch', async (url: string) => new Response(readFileSync(`public${new URL(url).pathname}`)));
  const whole = await take(asFolder(tinyFolder()));
  const broken = await take(asFolder(tinyFolder({ 'README.md': 'Another card' })));
  for (const folder of await stored.folders()) {
    const names = await stored
      .folder(folder, broken.files)
      .open('README.md')
      .catch(() => null);
    if (names)
      await stored.removeFile(folder, broken.files.find(({ path }) => path === 'config.json')?.at ?? '');
  }
  const listed = await createModelLibrary('http://page', stored).list();
  expect(listed.map(({ id }) => id)).toEqual(['minilm-l6-en', whole.id]);
  vi.unstubAllGlobals();
});

describe('a model that comes with Hone', () => {
  test.each<[string, (file: string) => Response | null, string]>([
    ['is not there', () => new Response('gone', { status: 404 }), 'model-missing'],
    ['cannot be reached', () => null, 'model-missing'],
    [
      'has other weights than its config names',
      (file) => new Response(file.endsWith('.safetensors') ? 'other' : readFileSync(`public${file}`)),
      'model-damaged',
    ],
  ])('that %s is told as such', async (_, answer, code) => {
    vi.stubGlobal('fetch', async (url: string) => {
      const response = answer(new URL(url).pathname);
      if (response) return response;
      throw new TypeError('no answer');
    });
    const library = createModelLibrary('http://page', stored);
    await expect(library.load('minilm-l6-en')).rejects.toMatchObject({
      code,
      hint: expect.stringMatching(/\w/),
    });
    vi.unstubAllGlobals();
  });
});

const REFUSALS: readonly [string, Parameters<typeof tinyFolder>[0], string][] = [
  ['no config', { 'config.json': null }, 'model-file-missing'],
  ['no tokenizer', { 'tokenizer.json': null }, 'model-file-missing'],
  ['no weights', { 'model.safetensors': null }, 'model-file-missing'],
  ['a pickle alone', { 'model.safetensors': null, 'pytorch_model.bin': 'x' }, 'unsafe-pickle'],
  ['shards', { 'model.safetensors': null, 'model.safetensors.index.json': '{}' }, 'bad-model-weights'],
  ['another architecture', { 'config.json': '{"model_type":"mamba"}' }, 'unsupported-architecture'],
  ['a config that is none', { 'config.json': 'not json' }, 'bad-model-config'],
  ['a tokenizer that is none', { 'tokenizer.json': '{}' }, 'bad-tokenizer'],
  ['weights that are none', { 'model.safetensors': 'not weights' }, 'bad-safetensors'],
  [
    'weights of another shape',
    {
      'config.json': new TextDecoder()
        .decode(tinyFolder().get('config.json'))
        .replace('"intermediate_size":40', '"intermediate_size":44'),
    },
    'bad-model-weights',
  ],
];

describe.each([
  ['folder', (files: Files) => asFolder(files)],
  ['zip', (files: Files) => asZip(files, 'tiny/')],
])('a %s is refused', (_, upload) => {
  test.each(REFUSALS)('with %s, and leaves nothing', async (_, changes, code) => {
    await expect(take(upload(tinyFolder(changes)))).rejects.toMatchObject({
      code,
      hint: expect.stringMatching(/\w/),
    });
    expect(await stored.folders()).toEqual([]);
  });
});

describe('a zip', () => {
  test('gives the model that its folder would', async () => {
    const { id, source } = await take(
      asZip(tinyFolder({ 'extra/onnx.bin': 'x', 'vocab.txt': 'x' }), 'tiny/'),
    );
    expect(source).toEqual({ kind: 'zip' });
    expect(id).toBe((await take(asFolder(tinyFolder()))).id);
  });

  test.each(['../config.json', '/etc/config.json', 'a/../../b.json', 'c:\\x.json'])(
    'with the path %s is refused whole',
    async (path) => {
      const files = new Map(tinyFolder()).set(path, strToU8('{}'));
      await expect(take(asZip(files))).rejects.toMatchObject({ code: 'bad-zip-path' });
      expect(await stored.folders()).toEqual([]);
    },
  );

  test('that unpacks to far more than itself is refused', async () => {
    const bomb = new Map(tinyFolder({ 'model.safetensors': new Uint8Array(90 << 20) }));
    await expect(take(asZip(bomb))).rejects.toMatchObject({ code: 'zip-too-large' });
    expect(await stored.folders()).toEqual([]);
  });

  test('of more files than any model has is refused', async () => {
    const many = Array.from({ length: 2001 }, (_, i) => [`${i}.txt`, strToU8('x')] as const);
    await expect(take(asZip(new Map([...tinyFolder(), ...many])))).rejects.toMatchObject({
      code: 'zip-too-large',
    });
    expect(await stored.folders()).toEqual([]);
  });

  test('that was cut short or is none is refused', async () => {
    const { file } = asZip(tinyFolder()) as { file: Blob };
    for (const bad of [file.slice(0, file.size - 4000), new Blob(['hello'])]) {
      await expect(take({ kind: 'zip', name: 'x.zip', file: bad })).rejects.toMatchObject({
        code: expect.stringMatching(/bad-zip|model-file-missing/),
      });
    }
    expect(await stored.folders()).toEqual([]);
  });
});

test('an import that was called off leaves nothing', async () => {
  await expect(take(asFolder(tinyFolder()), AbortSignal.abort())).rejects.toThrow();
  expect(await stored.folders()).toEqual([]);
});

test.each([
  ['---\nlicense: mit\nlanguage: en\n---\n', { licence: 'mit', languages: ['en'] }],
  ['---\nlanguage: [en, "de"]\ntags:\n- x\n---\n', { licence: null, languages: ['en', 'de'] }],
  ['# license: mit', { licence: null, languages: [] }],
])('the head of a model card: %j', (readme, facts) => {
  expect(cardFacts(readme)).toEqual(facts);
});
