/** What a model's files must agree on, and what is freed when they do not. */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startBackend } from '../backend/start';
import type { FloatTensor, TensorShape } from '../core/safetensors';
import type { WeightSource } from '../core/weightSource';
import { largestGap, tune, valuesOf, WASM } from '../testing/testModels';
import { tinyFiles, tinyModel } from '../testing/tinyModel';
import { makeBatch } from '../text/batches';
import { modelParameters } from '../tuning/spec';
import { disposeModel, loadModel, type ModelFiles } from './load';
import { pool } from './pooling';
import { fromBackend, toBackend } from './weights';

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

test('a model holds as many values as its shape says', async () => {
  const model = await tinyModel();
  const { shape } = model.encoder;
  expect(shape).toMatchObject({
    layers: 3,
    width: 24,
    heads: 3,
    kvHeads: 3,
    headSize: 8,
    feedForward: 40,
    positions: 64,
  });
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
  const config = { hone: { pooling: 'cls', pooler_scale: 1 } };
  const base = await loadModel('tiny', await tinyFiles(undefined, config));
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

test.each([
  [
    'the first checkpoints’ names',
    (name: string) =>
      name.replace(/(LayerNorm)\.weight$/, '$1.gamma').replace(/(LayerNorm)\.bias$/, '$1.beta'),
  ],
  ['a model for a task', (name: string) => `bert.${name}`],
  [
    'a tied output matrix',
    (name: string) => name.replace(/^embeddings\.word_embeddings/, 'cls.predictions.decoder'),
  ],
])('weights under other names: %s', async (_, named) => {
  const { weights, ...files } = await tinyFiles();
  const names = new Map([...weights.tensors.keys()].map((name) => [named(name), name]));
  const source: WeightSource = {
    tensors: new Map([...names].map(([name, own]) => [name, weights.tensors.get(own) as TensorShape])),
    read: (name) => weights.read(names.get(name) as string),
  };
  const base = await loadModel('tiny', { ...files, weights: source });
  const plain = await tinyModel();
  expect([...base.weights.keys()]).toEqual([...plain.weights.keys()]);
  for (const [name, weight] of base.weights) {
    expect(weight.dataSync()).toEqual(plain.weights.get(name)?.dataSync());
  }
  expect(base.notes).toEqual([]);
  disposeModel(base);
  disposeModel(plain);
});

test('the last token’s pooling reads each text’s own last token', () => {
  const read = tf.tidy(() => {
    const hidden = tf.tensor2d(
      Float32Array.from({ length: 2 * 3 * 2 }, (_, i) => i),
      [6, 2],
    ); // [B·T, D]
    const mask = tf.tensor2d([1, 1, 0, 1, 1, 1], [2, 3]);
    return pool('last', hidden, { rows: 2, length: 3, mask });
  });
  expect(read.shape).toEqual([2, 2]);
  expect(valuesOf(read)).toEqual([2, 3, 10, 11]);
});

test('linear modules without a bias', async () => {
  const plain = await tinyModel();
  const without = await tinyModel();
  for (const { name, kind } of plain.encoder.weights) {
    if (kind !== 'bias') continue;
    plain.weights.get(name)?.dispose();
    plain.weights.set(name, tf.zeros(without.weights.get(name)?.shape ?? []));
    without.weights.get(name)?.dispose();
    without.weights.delete(name);
  }
  const batch = makeBatch([plain.tokenizer.encode('a good film', 16)], 0);
  for (const method of ['head', 'lora', 'dora', 'ia3', 'adapter'] as const) {
    const [zero, none] = await Promise.all(
      [plain, without].map(async (base) => {
        const model = await tune(base, method);
        const hidden = tf.tidy(() => model.encode(batch, { from: 0, to: 3 }, null));
        model.dispose();
        return valuesOf(hidden);
      }),
    );
    expect(largestGap(zero ?? [], none ?? [])).toBeLessThan(1e-6);
  }
  tf.dispose([batch.ids, batch.mask]);
  disposeModel(plain);
  disposeModel(without);
});

describe('pooling as sentence-transformers says', () => {
  const told = async (pooling: object): Promise<ModelFiles> => {
    const { config, ...files } = await tinyFiles();
    const { hone: _, ...own } = JSON.parse(config);
    return { ...files, config: JSON.stringify(own), pooling: JSON.stringify(pooling) };
  };

  test.each([
    ['cls', { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false }],
    ['mean', { pooling_mode_cls_token: false, pooling_mode_mean_tokens: true }],
  ])('%s', async (way, pooling) => {
    const base = await loadModel('tiny', await told(pooling));
    expect(base.encoder).toMatchObject({ pooling: way, featureScale: 0.5 });
    disposeModel(base);
  });

  test.each([
    ['the largest value', { pooling_mode_max_tokens: true }, /another way of pooling/],
    ['two ways', { pooling_mode_cls_token: true, pooling_mode_mean_tokens: true }, /another way of pooling/],
    ['an encoder’s last token', { pooling_mode_lasttoken: true }, /last token/],
  ])('refuses %s', async (_, pooling, message) => {
    await expect(loadModel('tiny', await told(pooling))).rejects.toMatchObject({
      code: 'bad-model-config',
      message: expect.stringMatching(message),
    });
  });
});

describe('refused, with nothing left on the back end:', () => {
  test.each<[string, Record<string, unknown>, string, RegExp]>([
    ['another family', { model_type: 't5' }, 'unsupported-architecture', /“t5”/],
    ['a family by inherited name', { model_type: 'toString' }, 'unsupported-architecture', /toString/],
    ['no width', { hidden_size: 0 }, 'bad-model-config', /hidden_size/],
    [
      'heads that do not divide the width',
      { num_attention_heads: 5 },
      'bad-model-config',
      /24 is not a multiple of num_attention_heads 5/,
    ],
    ['another activation', { hidden_act: 'silu' }, 'bad-model-config', /hidden_act/],
    [
      'relative positions',
      { position_embedding_type: 'relative_key' },
      'bad-model-config',
      /position_embedding_type/,
    ],
    [
      'weights of another shape',
      { vocab_size: 50 },
      'bad-model-weights',
      /word_embeddings\.weight is \[\d+,24\], config\.json asks for \[50,24\]/,
    ],
    ['missing weights', { num_hidden_layers: 4 }, 'bad-model-weights', /no tensor “encoder\.layer\.3/],
  ])('%s', async (_, config, code, message) => {
    await expect(loadModel('tiny', await tinyFiles(undefined, config))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test.each<[string, Partial<ModelFiles>, string, RegExp]>([
    ['a config that is no JSON', { config: '{' }, 'bad-model-config', /config\.json is not valid/],
    ['a tokenizer that is none', { tokenizer: '[]' }, 'bad-tokenizer', /tokenizer\.json/],
  ])('%s', async (_, changes, code, message) => {
    await expect(loadModel('tiny', { ...(await tinyFiles()), ...changes })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test('weights that cannot be read to their end', async () => {
    const { weights, ...files } = await tinyFiles();
    let reads = 0;
    const read = async (name: string): Promise<FloatTensor> => {
      if (++reads > 5) throw new Error('the connection was lost');
      return weights.read(name);
    };
    await expect(loadModel('tiny', { ...files, weights: { ...weights, read } })).rejects.toThrow('was lost');
  });
});
