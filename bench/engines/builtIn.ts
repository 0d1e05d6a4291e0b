/** The model that Hone ships, and texts for it: token for token of the asked length, so that nothing is padding. */
import { inMemory, safetensorsSource } from '../../src/engine/core/weightSource';
import { type LoadedModel, loadModel } from '../../src/engine/model/load';
import type { EncodedText } from '../../src/engine/text/tokenizer';

const FOLDER = '/models/minilm-l6-en';
/** Ids below are special or single letters. */
const FIRST_WORD = 1000;

async function fetchFile(name: string): Promise<Response> {
  const response = await fetch(`${FOLDER}/${name}`);
  if (!response.ok) throw new Error(`${name}: HTTP ${response.status}`);
  return response;
}

export async function fetchModel(): Promise<LoadedModel> {
  const text = async (name: string): Promise<string> => (await fetchFile(name)).text();
  return loadModel('minilm-l6-en', {
    config: await text('config.json'),
    tokenizer: await text('tokenizer.json'),
    tokenizerConfig: await text('tokenizer_config.json'),
    weights: await safetensorsSource(
      inMemory(new Uint8Array(await (await fetchFile('model.safetensors')).arrayBuffer())),
    ),
  });
}

export function textsOf(rows: number, length: number, vocabulary: number): EncodedText[] {
  return Array.from({ length: rows }, (_, row) => ({
    ids: Int32Array.from(
      { length },
      (_, i) => FIRST_WORD + ((row * 7919 + i * 104_729) % (vocabulary - FIRST_WORD)),
    ),
    fullLength: length,
  }));
}

export const R2_CLASSES = 8;

export function labelsOf(rows: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => row % R2_CLASSES);
}
