/** A model's folder, wherever it lies: which of its files are needed, what is refused, and the files as they load. */
import { EngineError } from '../engine/core/errors';
import type { ModelFiles } from '../engine/model/load';

const WEIGHTS = 'model.safetensors';
const INDEX = `${WEIGHTS}.index.json`;
const PICKLE = /\.(?:bin|pt|pth|ckpt|pkl)$/;
/** Kept beside the model: its licence and what its makers say of it. */
export const README = 'README.md';

export interface ModelFolder {
  /** Paths below the folder, with `/`. */
  names: readonly string[];
  /** Of one of `names`. */
  open(name: string): Promise<Blob>;
}

/** The files that Hone reads of a folder with these. @throws model-file-missing, unsafe-pickle, sharded-weights */
function neededFiles(names: readonly string[]): string[] {
  const has = (name: string): boolean => names.includes(name);
  if (!has(WEIGHTS) && has(INDEX)) {
    throw new EngineError({
      code: 'sharded-weights',
      message: `The weights lie in several files (${INDEX}), and Hone reads them from one.`,
      hint: `Choose a smaller model, or put the weights into one ${WEIGHTS} with transformers: save_pretrained("folder", max_shard_size="10GB").`,
    });
  }
  if (!has(WEIGHTS) && names.some((name) => PICKLE.test(name))) {
    throw new EngineError({
      code: 'unsafe-pickle',
      message: 'The weights are there as a Python pickle only, which can run any program when it is opened.',
      hint: 'Choose a revision with model.safetensors, or convert it with transformers: save_pretrained writes one.',
    });
  }
  const wanted = ['config.json', 'tokenizer.json', 'tokenizer_config.json', WEIGHTS];
  const missing = wanted.find((name) => !has(name));
  if (missing !== undefined) throw missingFile(missing);
  return wanted;
}

/** Those, and what says whose the model is. @throws what neededFiles does */
export function keptFiles(names: readonly string[]): string[] {
  return [...neededFiles(names), ...names.filter((name) => name === README)];
}

/** @throws model-file-missing, unsafe-pickle, sharded-weights */
export async function openFolder(folder: ModelFolder): Promise<ModelFiles> {
  neededFiles(folder.names);
  const text = async (name: string): Promise<string> => (await folder.open(name)).text();
  return {
    config: await text('config.json'),
    tokenizer: await text('tokenizer.json'),
    tokenizerConfig: await text('tokenizer_config.json'),
    weights: new Uint8Array(await (await folder.open(WEIGHTS)).arrayBuffer()),
  };
}

/**
 * Paths as below the model's own folder, which is the highest one with a config.json; `null` for what lies outside.
 * Folders and zips often hold the model one folder down.
 */
export function belowRoot(paths: readonly string[]): (string | null)[] {
  const depth = (path: string): number => path.split('/').length;
  const [config] = paths
    .filter((path) => path.split('/').at(-1) === 'config.json')
    .sort((a, b) => depth(a) - depth(b));
  const root = config === undefined ? '' : config.slice(0, -'config.json'.length);
  return paths.map((path) => (path.startsWith(root) ? path.slice(root.length) : null));
}

function missingFile(name: string): EngineError {
  return new EngineError({
    code: 'model-file-missing',
    message: `The model has no ${name}.`,
    hint: 'Choose a model in the form of transformers: config.json, tokenizer.json, tokenizer_config.json and model.safetensors.',
    details: { file: name },
  });
}
