/** Which files of a folder are read, and what is refused of it. */
import { describe, expect, test } from 'vitest';
import { writeSafetensors } from '../core/safetensors';
import { inMemory } from '../core/weightSource';
import { neededFiles, openFolder } from './folder';

const PLAIN = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'];
const SHARDS = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
const INDEX = 'model.safetensors.index.json';

test.each([
  ['a plain model', [...PLAIN, 'README.md', 'pytorch_model.bin', 'onnx/model.onnx'], PLAIN],
  ['shards', [...PLAIN.slice(0, 3), INDEX, ...SHARDS], [...PLAIN.slice(0, 3), INDEX, ...SHARDS]],
  [
    'sentence-transformers',
    [...PLAIN, 'modules.json', '1_Pooling/config.json', '2_Normalize/config.json'],
    [...PLAIN, 'modules.json', '1_Pooling/config.json'],
  ],
])('needed of %s', (_, names, needed) => {
  expect(neededFiles(names)).toEqual(needed);
});

describe('refuses', () => {
  test.each([
    ['weights in a pickle', [...PLAIN.slice(0, 3), 'pytorch_model.bin'], 'unsafe-pickle', /Python pickle/],
    [
      'weights in several pickles',
      [...PLAIN.slice(0, 3), 'pytorch_model-00001-of-00002.bin'],
      'unsafe-pickle',
      /Python pickle/,
    ],
    ['no weights', PLAIN.slice(0, 3), 'model-file-missing', /no model\.safetensors/],
    ['no config', PLAIN.slice(1), 'model-file-missing', /no config\.json/],
    [
      'no fast tokenizer',
      PLAIN.filter((name) => name !== 'tokenizer.json'),
      'model-file-missing',
      /tokenizer\.json/,
    ],
  ])('%s', (_, names, code, message) => {
    expect(() => neededFiles(names)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  test('an index that names a file that is not there', async () => {
    const text = (content: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(content));
    const contents: Record<string, Uint8Array> = {
      ...Object.fromEntries(PLAIN.slice(0, 3).map((name) => [name, text({})])),
      [INDEX]: text({ weight_map: { w: SHARDS[0], v: SHARDS[1] } }),
      [SHARDS[0] as string]: writeSafetensors(new Map()),
    };
    const folder = {
      names: Object.keys(contents),
      open: async (name: string) => inMemory(contents[name] as Uint8Array),
    };
    await expect(openFolder(folder)).rejects.toMatchObject({
      code: 'model-file-missing',
      details: { file: SHARDS[1] },
    });
  });
});
