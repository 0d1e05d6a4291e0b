/** What a model's files must agree on, and what is freed when they do not. */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startBackend } from '../backend/start';
import { largestGap, tune, valuesOf, WASM } from '../testing/testModels';
import { tinyFiles, tinyModel } from '../testing/tinyModel';
import { makeBatch } from '../text/batches';
import { modelParameters } from '../tuning/spec';
import { disposeModel, fromBackend, loadModel, toBackend } from './load';

let tensors = 0;

beforeAll(async () => {
  await startBackend({ choice: 'wasm', wasm: WASM });
});

beforeEach(() => {
  tensors = tf.memory().numTensors;
});

afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors);
});

test('a model holds as many values as its shape says', () => {
  const model = tinyModel();
  const { shape } = model.encoder;
  expect(shape).toMatchObject({ layers: 3, width: 24, heads: 3, feedForward: 40, positions: 64 });
  expect(model.parameters).toBe(modelParameters(shape, 0));
  disposeModel(model);
});

test('matrices turn on their way in and come back as they were', async () => {
  const saved = { shape: [2, 3], data: Float32Array.from([1, 2, 3, 4, 5, 6]) };
  const tensor = toBackend('linear', saved);
  expect(tensor.arraySync()).toEqual([
    [1, 4],
    [2, 5],
    [3, 6],
  ]);
  expect(await fromBackend('linear', tensor)).toEqual(saved);
  tensor.dispose();
  const table = toBackend('embedding', saved);
  expect(table.shape).toEqual([2, 3]);
  table.dispose();
});

test('cls pooling reads the first token alone', async () => {
  const base = loadModel('tiny', tinyFiles(undefined, { hone: { pooling: 'cls', pooler_scale: 1 } }));
  const model = await tune(base, 'head');
  const batch = makeBatch([base.tokenizer.encode('a good film', 16)], 0);
  const [hidden, pooled] = tf.tidy(() => {
    const states = model.encode(batch, { from: 0, to: 3 }, null);
    return [states, base.encoder.pool(states, batch)] as const;
  });
  expect(largestGap(valuesOf(pooled), valuesOf(hidden).slice(0, 24))).toBe(0);
  tf.dispose([batch.ids, batch.mask]);
  model.dispose();
  disposeModel(base);
});

describe('refused, with nothing left on the back end:', () => {
  const files = tinyFiles();
  test.each([
    ['a config that is no JSON', { ...files, config: '{' }, 'bad-model-config', /config\.json is not valid/],
    ['another family', tinyFiles(undefined, { model_type: 'gpt2' }), 'unsupported-architecture', /“gpt2”/],
    [
      'a family by inherited name',
      tinyFiles(undefined, { model_type: 'toString' }),
      'unsupported-architecture',
      /toString/,
    ],
    ['no width', tinyFiles(undefined, { hidden_size: 0 }), 'bad-model-config', /hidden_size/],
    [
      'heads that do not divide the width',
      tinyFiles(undefined, { num_attention_heads: 5 }),
      'bad-model-config',
      /24 is not a multiple of num_attention_heads 5/,
    ],
    ['another activation', tinyFiles(undefined, { hidden_act: 'relu' }), 'bad-model-config', /hidden_act/],
    [
      'relative positions',
      tinyFiles(undefined, { position_embedding_type: 'relative_key' }),
      'bad-model-config',
      /position_embedding_type/,
    ],
    [
      'weights of another shape',
      tinyFiles(undefined, { vocab_size: 50 }),
      'bad-model-weights',
      /word_embeddings\.weight is \[\d+,24\], config\.json asks for \[50,24\]/,
    ],
    [
      'missing weights',
      tinyFiles(undefined, { num_hidden_layers: 4 }),
      'bad-safetensors',
      /encoder\.layer\.3/,
    ],
    ['a tokenizer that is none', { ...files, tokenizer: '[]' }, 'bad-tokenizer', /tokenizer\.json/],
    ['weights cut short', { ...files, weights: files.weights.slice(0, 5000) }, 'bad-safetensors', /bytes/],
  ])('%s', (_, given, code, message) => {
    let thrown: unknown;
    try {
      loadModel('tiny', given);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
