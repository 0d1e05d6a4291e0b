/** The models at hand: those that Hone ships, from the page's own origin with integrity checked, and the stored ones. */
import { z } from 'zod';
import { backendInForce } from '../engine/backend/start';
import { EngineError } from '../engine/core/errors';
import { sha256 } from '../engine/core/hash';
import type { ModelSource } from '../engine/core/modelSource';
import { inMemory, safetensorsSource } from '../engine/core/weightSource';
import { disposeModel, type LoadedModel, loadModel, type ModelFiles, moveModel } from '../engine/model/load';
import { familyOf } from '../engine/model/registry';
import { loadTokenizer, type TextEncoder } from '../engine/text/tokenizer';
import { type BlobFolder, openBlobs, README } from './modelFolder';
import { NO_LICENCE } from './modelRecord';
import type { ModelEntry } from './protocol';
import type { StoredModels } from './storedModels';

/** Built-in models, one line each: folders under public/models. */
const BUILT_IN = ['minilm-l6-en'] as const;

const cardSchema = z.object({
  id: z.string(),
  revision: z.string(),
  name: z.string(),
  goodAt: z.string(),
  languages: z.array(z.string()),
  licence: z.string(),
  sources: z.array(z.object({ name: z.string(), url: z.string(), licence: z.string() })),
  parameters: z.number(),
  bytes: z.number(),
  maxLength: z.number(),
  quality: z.array(
    z.object({
      dataset: z.string(),
      shots: z.number(),
      metric: z.string(),
      mean: z.number(),
      sd: z.number(),
      draws: z.number(),
    }),
  ),
  limits: z.array(z.string()),
});

const filesSchema = z.looseObject({
  hone: z.looseObject({
    files: z.record(z.string(), z.object({ bytes: z.number(), sha256: z.string() })),
  }),
});

export interface ModelLibrary {
  list(): Promise<ModelEntry[]>;
  /** Without its weights: for counting tokens. */
  tokenizer(id: string): Promise<TextEncoder>;
  /**
   * On the back end in force: loaded once, shared for the life of the worker, and moved with it.
   * @throws model-missing, model-not-stored, model-damaged, and loadModel's
   */
  load(id: string): Promise<LoadedModel>;
  /** @throws model-missing, model-not-stored */
  entry(id: string): Promise<ModelEntry>;
  /** Gives back the memory of a model that nobody uses and that is not to be loaded again. */
  forget(id: string): Promise<void>;
}

interface Placed {
  model: LoadedModel;
  /** The back end that its weights lie on. */
  place: string;
}

/** Where a model's files come from. */
interface Shelf {
  words(): Promise<Pick<ModelFiles, 'tokenizer' | 'tokenizerConfig'>>;
  files(): Promise<ModelFiles>;
  entry(): Promise<ModelEntry>;
}

export function createModelLibrary(origin: string, stored: StoredModels): ModelLibrary {
  const tokenizers = new Map<string, Promise<TextEncoder>>();
  const models = new Map<string, Promise<Placed>>();
  const entries = new Map<string, Promise<ModelEntry>>();
  const once = <T>(cache: Map<string, Promise<T>>, id: string, make: () => Promise<T>): Promise<T> => {
    const held = cache.get(id);
    if (held) return held;
    const made = make();
    cache.set(id, made);
    // A failed download may succeed next time.
    made.catch(() => cache.delete(id));
    return made;
  };

  const shelfOf = (id: string): Shelf => (isBuiltIn(id) ? builtIn(id, origin) : kept(id, stored));
  const entry = (id: string): Promise<ModelEntry> => once(entries, id, () => shelfOf(id).entry());

  const loadHere = async (id: string): Promise<Placed> => ({
    model: await loadModel(id, await shelfOf(id).files()),
    place: backendInForce(),
  });

  const moveHere = async ({ model }: Placed, id: string): Promise<Placed> => {
    await moveModel(model, (await shelfOf(id).files()).weights);
    return { model, place: backendInForce() };
  };

  return {
    entry,
    async list() {
      const records = await stored.list();
      const newest = records.toSorted((a, b) => b.storedAt.localeCompare(a.storedAt));
      // One that cannot be read, as after a change of Hone, must not take the others with it.
      const told = await Promise.allSettled(newest.map(({ id }) => entry(id)));
      const readable = told.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      return [...(await Promise.all(BUILT_IN.map(entry))), ...readable];
    },
    tokenizer: (id) =>
      once(tokenizers, id, async () => {
        const { tokenizer, tokenizerConfig } = await shelfOf(id).words();
        return loadTokenizer(JSON.parse(tokenizer), JSON.parse(tokenizerConfig));
      }),
    async load(id) {
      const held = await once(models, id, () => loadHere(id));
      if (held.place === backendInForce()) return held.model;
      const moved = moveHere(held, id);
      models.set(id, moved);
      // Where it lies it stays whole.
      moved.catch(() => models.set(id, Promise.resolve(held)));
      return (await moved).model;
    },
    async forget(id) {
      const held = await models.get(id)?.catch(() => null);
      for (const cache of [tokenizers, models, entries]) cache.delete(id);
      if (held) disposeModel(held.model);
    },
  };
}

function isBuiltIn(id: string): boolean {
  return BUILT_IN.some((each) => each === id);
}

/** Below public/models. */
function builtIn(id: string, origin: string): Shelf {
  const url = (file: string): string => new URL(`models/${id}/${file}`, origin).href;
  const words = async () => ({
    tokenizer: await fetchText(url('tokenizer.json')),
    tokenizerConfig: await fetchText(url('tokenizer_config.json')),
  });
  return {
    words,
    async files() {
      const [config, texts, weights] = await Promise.all([
        fetchText(url('config.json')),
        words(),
        fetchBytes(url('model.safetensors')),
      ]);
      await checkIntegrity(id, config, weights);
      return { config, ...texts, weights: await safetensorsSource(inMemory(weights)) };
    },
    async entry() {
      const card = cardSchema.parse(JSON.parse(await fetchText(url('card.json'))));
      const config: unknown = JSON.parse(await fetchText(url('config.json')));
      const family = familyOf(config);
      return {
        ...card,
        family: family.id,
        shape: family.fromConfig(config).shape,
        quality: card.quality.map(({ shots, ...measured }) => ({
          ...measured,
          shots: `${shots} rows per class`,
        })),
        card: await fetchText(url('README.md')),
        source: { kind: 'built-in' },
        storedAt: null,
      };
    },
  };
}

const UNMEASURED = 'Nobody has measured it in Hone: Compare says what it is worth on your rows.';

/** In this browser's storage. */
function kept(id: string, stored: StoredModels): Shelf {
  return {
    async words() {
      const { folder } = await stored.find(id);
      const text = async (name: string): Promise<string> => (await folder.open(name)).text();
      return {
        tokenizer: await text('tokenizer.json'),
        tokenizerConfig: await text('tokenizer_config.json'),
      };
    },
    files: async () => openBlobs((await stored.find(id)).folder),
    async entry() {
      const { record, folder } = await stored.find(id);
      const config: unknown = JSON.parse(await (await folder.open('config.json')).text());
      const { shape } = familyOf(config).fromConfig(config);
      const { name, revision, source, family, languages, parameters, bytes, storedAt } = record;
      const licence = record.licence ?? NO_LICENCE;
      return {
        ...{ id, revision, name, source, family, languages, parameters, bytes, storedAt, shape, licence },
        goodAt: describe(source),
        maxLength: shape.positions,
        quality: [],
        sources: pagesOf(source).map((url) => ({ name, url, licence })),
        limits: [UNMEASURED],
        card: await readme(folder),
      };
    },
  };
}

/** Where others may find it. */
function pagesOf(source: ModelSource): string[] {
  if (source.kind === 'hub') return [`${source.address}/${source.repo}/tree/${source.commit}`];
  return source.kind === 'url' ? [source.address] : [];
}

function describe(source: ModelSource): string {
  switch (source.kind) {
    case 'hub':
      return `From ${new URL(source.address).host}, commit ${source.commit.slice(0, 8)}.`;
    case 'url':
      return `From ${new URL(source.address).host}.`;
    case 'folder':
      return 'From a folder of yours.';
    case 'zip':
      return 'From a zip of yours.';
    case 'built-in':
      return 'It comes with Hone.';
    default:
      return source satisfies never;
  }
}

async function readme(folder: BlobFolder): Promise<string> {
  return folder.names.includes(README) ? (await folder.open(README)).text() : '';
}

async function checkIntegrity(id: string, config: string, weights: Uint8Array): Promise<void> {
  const expected = filesSchema.safeParse(JSON.parse(config));
  const wanted = expected.success ? expected.data.hone.files['model.safetensors'] : undefined;
  if (!wanted || wanted.sha256 === (await sha256(weights))) return;
  throw new EngineError({
    code: 'model-damaged',
    message: `The weights of ${id} did not arrive whole (${weights.byteLength} of ${wanted.bytes} bytes, or other content).`,
    hint: 'Reload the page to download them again.',
  });
}

async function fetchBytes(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetchFile(url)).arrayBuffer());
}

async function fetchText(url: string): Promise<string> {
  return (await fetchFile(url)).text();
}

async function fetchFile(url: string): Promise<globalThis.Response> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw new EngineError(
      {
        code: 'model-missing',
        message: `${url} could not be loaded.`,
        hint: 'Check the connection to the page’s own address, then try again.',
      },
      { cause },
    );
  });
  if (response.ok) return response;
  throw new EngineError({
    code: 'model-missing',
    message: `${url} could not be loaded (HTTP ${response.status}).`,
    hint: 'Check the model’s name; the built-in ones are on the Model page.',
  });
}
