/** The checkpoints of golden/families.json as folders, their values made anew: reference/made_up_families.py. */
import { parse, stringify } from 'lossless-json';
import { type FloatTensor, float32ToFloat16, type TensorEntry, writeSafetensors } from '../core/safetensors';
import { inMemory } from '../core/weightSource';
import golden from '../golden/families.json';
import goldenText from '../golden/families.json?raw';
import type { ModelFolder } from '../model/folder';
import { SPECIAL, wordPiece } from './wordPiece';

export const CHECKPOINTS = golden.checkpoints;
export type Checkpoint = (typeof CHECKPOINTS)[number];

const PREFIX = /^(?:bert|distilbert|roberta|model|transformer(?!\.layer))\./;
const NORM = /(?:orm|ln_[12f])\.weight$/;

/** [count] bytes: FNV-1a over the name, then murmur3's fmix32 of each place. */
function hashes(name: string, count: number): Uint8Array {
  let seed = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) seed = Math.imul(seed ^ byte, 0x01000193);
  return Uint8Array.from({ length: count }, (_, i) => {
    let x = (seed + Math.imul(i, 0x9e3779b1)) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return (x ^ (x >>> 16)) >>> 24;
  });
}

/** A weight by its name without prefix. */
export function madeUp(name: string, shape: readonly number[]): FloatTensor {
  const spread = Number(golden.spreads.find(([ending]) => name.endsWith(String(ending)))?.[1]);
  const isNorm = NORM.test(name);
  const drawn = hashes(
    name,
    shape.reduce((product, side) => product * side, 1),
  );
  const value = (hash: number): number =>
    (spread * ((isNorm ? Math.floor(hash / 8) * 8 : hash) - 128)) / 128 + Number(isNorm);
  return { shape, data: Float32Array.from(drawn, value) };
}

/** Σ g[i] where the sign's hash is small, less the others. */
export function signedSum(values: Float32Array): number {
  const signs = hashes('sign', values.length);
  return values.reduce((sum, value, i) => sum + ((signs[i] as number) < 128 ? value : -value), 0);
}

function entry(dtype: string, shape: readonly number[], data: Float32Array): TensorEntry {
  if (dtype === 'F32') return { dtype, shape, data: new Uint8Array(data.buffer) };
  if (dtype === 'F16') return { dtype, shape, data: new Uint8Array(float32ToFloat16(data).buffer) };
  if (dtype !== 'BF16') throw new TypeError(`no values of ${dtype} here`);
  // Every value is exact in bfloat16: the upper half of its bits.
  const halves = Uint16Array.from(new Uint32Array(data.buffer), (bits) => bits >>> 16);
  return { dtype, shape, data: new Uint8Array(halves.buffer) };
}

const TOKENIZER_CONFIG = {
  tokenizer_class: 'PreTrainedTokenizerFast',
  pad_token: '[PAD]',
  model_input_names: ['input_ids', 'attention_mask'],
};

/** config.json as transformers wrote it, numbers as they are written. */
function configText({ name }: Checkpoint): string {
  const { checkpoints } = parse(goldenText) as { checkpoints: { name: string; config: unknown }[] };
  return stringify(checkpoints.find((each) => each.name === name)?.config) ?? '';
}

/** Its files as transformers wrote them, with a small tokenizer. */
export function folderOf(checkpoint: Checkpoint): ModelFolder {
  const { files, told, pad } = checkpoint;
  const text = (content: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(content));
  const [padding = '', unknown = '', ...others] = SPECIAL;
  const special = pad === 0 ? SPECIAL : [unknown, padding, ...others];
  const contents = new Map<string, Uint8Array>([
    ['config.json', new TextEncoder().encode(configText(checkpoint))],
    ['tokenizer.json', text(wordPiece([...special, 'good', 'bad', 'film', 'a', 'very']))],
    ['tokenizer_config.json', text(TOKENIZER_CONFIG)],
  ]);
  const stored = Object.entries(files as unknown as Record<string, Record<string, [string, number[]]>>);
  for (const [file, tensors] of stored) {
    const entries = Object.entries(tensors).map(([name, [dtype, shape]]): [string, TensorEntry] => [
      name,
      entry(dtype, shape, madeUp(name.replace(PREFIX, ''), shape).data),
    ]);
    contents.set(file, writeSafetensors(new Map(entries)));
  }
  if (stored.length > 1) {
    const places = stored.flatMap(([file, tensors]) => Object.keys(tensors).map((name) => [name, file]));
    contents.set('model.safetensors.index.json', text({ weight_map: Object.fromEntries(places) }));
  }
  if (told) {
    const modules = [
      { path: '', type: 'sentence_transformers.models.Transformer' },
      { path: '1_Pooling', type: 'sentence_transformers.models.Pooling' },
    ];
    contents.set('modules.json', text(modules)).set('1_Pooling/config.json', text(told));
  }
  return {
    names: [...contents.keys()],
    open: async (name) => inMemory(contents.get(name) ?? new Uint8Array()),
  };
}
