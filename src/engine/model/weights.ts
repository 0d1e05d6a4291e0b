/** From a checkpoint's names to a model's weights on the back end: one copy, read tensor by tensor. */
import * as tf from '@tensorflow/tfjs-core';
import { EngineError } from '../core/errors';
import type { FloatTensor } from '../core/safetensors';
import type { WeightSource } from '../core/weightSource';
import type { Encoder, WeightKind, WeightSpec } from './family';

/** Names that the first checkpoints in PyTorch had (transformers renames them, too). */
const FORMER_NAMES = [
  [/LayerNorm\.weight$/, 'LayerNorm.gamma'],
  [/LayerNorm\.bias$/, 'LayerNorm.beta'],
] as const;

export interface PlacedWeights {
  /** By the family's names; linear weights are [in, out]. */
  weights: Map<string, tf.Tensor>;
  /** Names in the checkpoint that the encoder has no use for. */
  unused: readonly string[];
}

/** @throws bad-model-weights, bad-safetensors, with nothing left on the back end */
export async function placeWeights(encoder: Encoder, source: WeightSource): Promise<PlacedWeights> {
  // All names and shapes first: what is refused is refused before anything large is read.
  const found = encoder.weights.map((weight) => ({ ...weight, stored: storedName(encoder, weight, source) }));
  const weights = new Map<string, tf.Tensor>();
  try {
    for (const { name, kind, transposed, stored } of found) {
      const tensor = await source.read(stored);
      weights.set(name, toBackend(transposed ? 'transposed' : kind, tensor));
    }
    for (const [name, { shape, data }] of encoder.tables ?? []) {
      weights.set(name, tf.tensor(data, [...shape], 'float32'));
    }
  } catch (error) {
    tf.dispose([...weights.values()]);
    throw error;
  }
  const used = new Set(found.flatMap(({ stored }) => [stored, `${stored}.scale`]));
  return { weights, unused: [...source.tensors.keys()].filter((name) => !used.has(name)) };
}

/** The encoder alone, or as a part of a model for some task, which names it. */
function storedName(
  { stock }: Encoder,
  { name, shape, transposed = false, alsoNamed = [] }: WeightSpec,
  source: WeightSource,
): string {
  const plain = [
    name,
    ...FORMER_NAMES.flatMap(([now, then]) => (now.test(name) ? name.replace(now, then) : [])),
  ];
  const candidates = [...plain, ...plain.map((each) => `${stock.prefix}${each}`), ...alsoNamed];
  const stored = candidates.find((candidate) => source.tensors.has(candidate));
  if (stored === undefined) {
    throw new EngineError({
      code: 'bad-model-weights',
      message: `The weights have no tensor “${name}”, which config.json asks for.`,
      hint: 'The files do not belong together, or one is missing; download the model again.',
      details: { tensor: name },
    });
  }
  const given = source.tensors.get(stored)?.shape;
  const asked = transposed ? shape.toReversed() : shape;
  if (given?.join() === asked.join()) return stored;
  throw new EngineError({
    code: 'bad-model-weights',
    message: `The weights’ ${stored} is [${given}], config.json asks for [${asked}].`,
    hint: 'The files do not belong together; download the model again.',
    details: { tensor: stored },
  });
}

/** The shape in torch layout of a weight that the engine keeps as `shape`. */
export function torchShape(kind: WeightKind, shape: readonly number[]): readonly number[] {
  return kind === 'linear' ? shape.toReversed() : shape;
}

/** Torch layout → a tensor in the engine's layout. The caller owns it. */
export function toBackend(kind: WeightKind | 'transposed', { shape, data }: FloatTensor): tf.Tensor {
  return tf.tidy(() => {
    const tensor = tf.tensor(data, [...shape], 'float32');
    return kind === 'linear' ? tf.transpose(tensor) : tensor;
  });
}

/** The engine's layout → torch layout in memory. */
export async function fromBackend(kind: WeightKind, tensor: tf.Tensor): Promise<FloatTensor> {
  const torch = kind === 'linear' ? tf.transpose(tensor) : tf.clone(tensor);
  try {
    return { shape: [...torch.shape], data: (await torch.data()) as Float32Array };
  } finally {
    torch.dispose();
  }
}
