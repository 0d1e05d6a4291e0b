/** A model's folder, wherever it lies: which of its files are needed, and what is refused before any is fetched. */
import { z } from 'zod';
import { EngineError } from '../core/errors';
import { type ByteSource, safetensorsSource, shardedSource } from '../core/weightSource';
import { type ModelFiles, parseJson } from './load';

export const WEIGHTS = 'model.safetensors';
export const INDEX = `${WEIGHTS}.index.json`;
const SHARD = /^model-\d+-of-\d+\.safetensors$/;
const PICKLE = /^pytorch_model.*\.(?:bin|pt|pth)$/;
export const MODULES = 'modules.json';
const POOLING = /^\d+_Pooling\/config\.json$/;

export interface ModelFolder {
  /** Paths below the folder, with `/`. */
  names: readonly string[];
  open(name: string): Promise<ByteSource>;
}

/** The files that Hone reads of a folder with these. @throws model-file-missing, unsafe-pickle */
export function neededFiles(names: readonly string[]): string[] {
  const has = (name: string): boolean => names.includes(name);
  const weights = has(INDEX) ? [INDEX, ...names.filter((name) => SHARD.test(name))] : [WEIGHTS];
  if (!has(weights[0] as string) && names.some((name) => PICKLE.test(name))) {
    throw new EngineError({
      code: 'unsafe-pickle',
      message: 'The weights are there as a Python pickle only, which can run any program when it is opened.',
      hint: 'Choose a revision with model.safetensors, or convert it with transformers: save_pretrained writes one.',
    });
  }
  const wanted = ['config.json', 'tokenizer.json', 'tokenizer_config.json', ...weights];
  const missing = wanted.find((name) => !has(name));
  if (missing !== undefined) throw missingFile(missing);
  return [...wanted, ...names.filter((name) => name === MODULES || POOLING.test(name))];
}

/** @throws model-file-missing, unsafe-pickle, bad-model-config, bad-model-weights, bad-safetensors */
export async function openFolder(folder: ModelFolder): Promise<ModelFiles> {
  const needed = neededFiles(folder.names);
  const text = async (name: string): Promise<string> => {
    const file = await folder.open(name);
    return new TextDecoder().decode(await file.read(0, file.bytes));
  };
  const source = async (name: string) => {
    if (!folder.names.includes(name)) throw missingFile(name);
    return safetensorsSource(await folder.open(name));
  };
  const pooling = needed.includes(MODULES) ? poolingPath(parseJson(MODULES, await text(MODULES))) : undefined;
  return {
    config: await text('config.json'),
    tokenizer: await text('tokenizer.json'),
    tokenizerConfig: await text('tokenizer_config.json'),
    ...(pooling !== undefined && folder.names.includes(pooling) ? { pooling: await text(pooling) } : {}),
    weights: needed.includes(INDEX)
      ? await shardedSource(parseJson(INDEX, await text(INDEX)), source)
      : await source(WEIGHTS),
  };
}

const modulesSchema = z.array(z.looseObject({ type: z.string(), path: z.string() }));

function poolingPath(modules: unknown): string | undefined {
  const parsed = modulesSchema.safeParse(modules);
  const module = parsed.data?.find(({ type }) => type.endsWith('.Pooling'));
  return module && `${module.path}/config.json`;
}

function missingFile(name: string): EngineError {
  return new EngineError({
    code: 'model-file-missing',
    message: `The model has no ${name}.`,
    hint: 'Choose a model in the form of transformers: config.json, tokenizer.json and model.safetensors.',
    details: { file: name },
  });
}
