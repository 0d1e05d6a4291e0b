/** The models Hone ships: their cards, and their files with integrity checked, from the page's own origin. */
import { z } from 'zod';
import { backendInForce } from '../engine/backend/start';
import { EngineError } from '../engine/core/errors';
import { sha256 } from '../engine/core/hash';
import { inMemory, safetensorsSource } from '../engine/core/weightSource';
import { type LoadedModel, loadModel, moveModel } from '../engine/model/load';
import { familyOf } from '../engine/model/registry';
import { loadTokenizer, type TextEncoder } from '../engine/text/tokenizer';
import type { ModelEntry } from './protocol';

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
  /** On the back end in force: loaded once, shared for the life of the worker, and moved with it. @throws model-missing, model-damaged, and loadModel's */
  load(id: string): Promise<LoadedModel>;
  entry(id: string): Promise<ModelEntry>;
}

interface Placed {
  model: LoadedModel;
  /** The back end that its weights lie on. */
  place: string;
}

export function createModelLibrary(origin: string): ModelLibrary {
  const tokenizers = new Map<string, Promise<TextEncoder>>();
  const models = new Map<string, Promise<Placed>>();
  const entries = new Map<string, Promise<ModelEntry>>();
  const url = (id: string, file: string): string => new URL(`models/${id}/${file}`, origin).href;
  const once = <T>(cache: Map<string, Promise<T>>, id: string, make: () => Promise<T>): Promise<T> => {
    const held = cache.get(id);
    if (held) return held;
    const made = make();
    cache.set(id, made);
    // A failed download may succeed next time.
    made.catch(() => cache.delete(id));
    return made;
  };

  const entry = (id: string): Promise<ModelEntry> =>
    once(entries, id, async () => {
      const card = cardSchema.parse(JSON.parse(await fetchText(url(id, 'card.json'))));
      const config: unknown = JSON.parse(await fetchText(url(id, 'config.json')));
      const family = familyOf(config);
      return {
        ...card,
        family: family.id,
        shape: family.fromConfig(config).shape,
        quality: card.quality.map(({ dataset, shots, metric, mean, sd, draws }) => ({
          dataset,
          shots: `${shots} rows per class`,
          metric,
          mean,
          sd,
          draws,
        })),
        card: await fetchText(url(id, 'README.md')),
      };
    });

  const loadHere = async (id: string): Promise<Placed> => {
    const [config, tokenizer, tokenizerConfig, weights] = await Promise.all([
      fetchText(url(id, 'config.json')),
      fetchText(url(id, 'tokenizer.json')),
      fetchText(url(id, 'tokenizer_config.json')),
      fetchBytes(url(id, 'model.safetensors')),
    ]);
    await checkIntegrity(id, config, weights);
    const source = await safetensorsSource(inMemory(weights));
    const model = await loadModel(id, { config, tokenizer, tokenizerConfig, weights: source });
    return { model, place: backendInForce() };
  };

  const moveHere = async ({ model }: Placed, id: string): Promise<Placed> => {
    const weights = await fetchBytes(url(id, 'model.safetensors'));
    await checkIntegrity(id, model.files.config, weights);
    await moveModel(model, await safetensorsSource(inMemory(weights)));
    return { model, place: backendInForce() };
  };

  return {
    entry,
    list: () => Promise.all(BUILT_IN.map(entry)),
    tokenizer: (id) =>
      once(tokenizers, id, async () =>
        loadTokenizer(
          JSON.parse(await fetchText(url(id, 'tokenizer.json'))),
          JSON.parse(await fetchText(url(id, 'tokenizer_config.json'))),
        ),
      ),
    async load(id) {
      const held = await once(models, id, () => loadHere(id));
      if (held.place === backendInForce()) return held.model;
      const moved = moveHere(held, id);
      models.set(id, moved);
      // Where it lies it stays whole.
      moved.catch(() => models.set(id, Promise.resolve(held)));
      return (await moved).model;
    },
  };
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
