/** For the tests of stored models: the tiny model as files, a store in memory, and a trial reading. */
import { memoryStorage } from '../engine/core/storage';
import { disposeModel, loadModel } from '../engine/model/load';
import { tinySafetensors, tinyTexts } from '../engine/testing/tinyModel';
import { memoryBigFiles } from './bigFiles';
import type { ImportPorts } from './importModel';
import { createLocks } from './locks';
import { openBlobs } from './modelFolder';
import { createStoredModels } from './storedModels';
import { testLocks } from './testLocks';

/** By path, as the tiny model is saved; with other files where given, and without those that are null. */
export function tinyFolder(changes: Readonly<Record<string, string | Uint8Array | null>> = {}) {
  const { config, tokenizer, tokenizerConfig } = tinyTexts();
  const files: Record<string, string | Uint8Array | null> = {
    'config.json': config,
    'tokenizer.json': tokenizer,
    'tokenizer_config.json': tokenizerConfig,
    'model.safetensors': tinySafetensors(),
    'README.md': '---\nlicense: mit\nlanguage:\n  - en\n  - de\n---\n# Tiny\n',
    ...changes,
  };
  return new Map(
    Object.entries(files).flatMap(([path, content]) =>
      content === null
        ? []
        : [[path, typeof content === 'string' ? new TextEncoder().encode(content) : content] as const],
    ),
  );
}

/** A config.json that asks the tiny model's weights for another shape. */
export function widerConfig(): string {
  const config = new TextDecoder().decode(tinyFolder().get('config.json'));
  return config.replace('"intermediate_size":40', '"intermediate_size":44');
}

export function memoryModels() {
  return createStoredModels(memoryStorage(), memoryBigFiles(), createLocks(testLocks(), 20));
}

/** As the worker's; a back end must be in force. */
export const tryOut: ImportPorts['tryOut'] = async (folder) => {
  const model = await loadModel('tried out', await openBlobs(folder));
  disposeModel(model);
  return { family: model.family, parameters: model.parameters };
};
