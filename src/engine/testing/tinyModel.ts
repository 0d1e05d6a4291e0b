/** A tiny random BERT that trains in seconds, made of nothing but code: also for tests in a browser. */
import { random } from '../core/random';
import { type FloatTensor, float32Entry, writeSafetensors } from '../core/safetensors';
import { inMemory, safetensorsSource } from '../core/weightSource';
import { type LoadedModel, loadModel, type ModelFiles } from '../model/load';
import { SPECIAL, wordPiece } from './wordPiece';

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];
const VOCABULARY = [
  ...SPECIAL,
  ...LETTERS,
  ...LETTERS.map((letter) => `##${letter}`),
  ...'good bad great awful film food very not the a was it card lost my parcel late refund money'.split(' '),
];

const TINY_CONFIG = {
  model_type: 'bert',
  hidden_size: 24,
  num_hidden_layers: 3,
  num_attention_heads: 3,
  intermediate_size: 40,
  vocab_size: VOCABULARY.length,
  max_position_embeddings: 64,
  type_vocab_size: 2,
  hidden_act: 'gelu',
  layer_norm_eps: 1e-12,
  hone: { pooling: 'mean', pooler_scale: 0.5 },
};

const TINY_TOKENIZER = wordPiece(VOCABULARY);

const D = TINY_CONFIG.hidden_size;
const F = TINY_CONFIG.intermediate_size;

function tinyWeights(): Map<string, FloatTensor> {
  const draw = random(5, 'tiny-model');
  const weights = new Map<string, FloatTensor>();
  const add = (name: string, shape: number[], mean = 0, spread = 0.2): void => {
    const length = shape.reduce((a, b) => a * b, 1);
    weights.set(name, { shape, data: Float32Array.from({ length }, () => mean + spread * draw.normal()) });
  };
  const linear = (name: string, outputs: number, inputs: number): void => {
    add(`${name}.weight`, [outputs, inputs]);
    add(`${name}.bias`, [outputs], 0, 0.05);
  };
  const norm = (name: string): void => {
    add(`${name}.weight`, [D], 1, 0.1);
    add(`${name}.bias`, [D], 0, 0.1);
  };
  add('embeddings.word_embeddings.weight', [VOCABULARY.length, D], 0, 0.5);
  add('embeddings.position_embeddings.weight', [TINY_CONFIG.max_position_embeddings, D]);
  add('embeddings.token_type_embeddings.weight', [2, D]);
  norm('embeddings.LayerNorm');
  for (let i = 0; i < TINY_CONFIG.num_hidden_layers; i++) {
    const name = `encoder.layer.${i}`;
    for (const part of ['query', 'key', 'value']) linear(`${name}.attention.self.${part}`, D, D);
    linear(`${name}.attention.output.dense`, D, D);
    norm(`${name}.attention.output.LayerNorm`);
    linear(`${name}.intermediate.dense`, F, D);
    linear(`${name}.output.dense`, D, F);
    norm(`${name}.output.LayerNorm`);
  }
  return weights;
}

/** The tiny model's files, with other weights or config values where given. */
export async function tinyFiles(
  weights: ReadonlyMap<string, FloatTensor> = tinyWeights(),
  config: Readonly<Record<string, unknown>> = {},
): Promise<ModelFiles> {
  return { ...tinyTexts(config), weights: await safetensorsSource(inMemory(tinySafetensors(weights))) };
}

export function tinyTexts(config: Readonly<Record<string, unknown>> = {}): Omit<ModelFiles, 'weights'> {
  return {
    config: JSON.stringify({ ...TINY_CONFIG, ...config }),
    tokenizer: JSON.stringify(TINY_TOKENIZER),
    tokenizerConfig: JSON.stringify({ tokenizer_class: 'PreTrainedTokenizerFast' }),
  };
}

/** model.safetensors. */
export function tinySafetensors(weights: ReadonlyMap<string, FloatTensor> = tinyWeights()): Uint8Array {
  return writeSafetensors(
    new Map([...weights].map(([name, { shape, data }]) => [name, float32Entry(shape, data)])),
  );
}

/** Three layers of width 24, three heads, feed-forward 40, random. The caller disposes it. */
export async function tinyModel(weights?: ReadonlyMap<string, FloatTensor>): Promise<LoadedModel> {
  return loadModel('tiny', await tinyFiles(weights));
}
