/** A model's files → weights on the back end, encoder and tokenizer, ready to read or tune. */
import * as tf from '@tensorflow/tfjs-core';
import { EngineError } from '../core/errors';
import { type FloatTensor, readFloat32, readSafetensors } from '../core/safetensors';
import { loadTokenizer, type TextEncoder } from '../text/tokenizer';
import type { Encoder, FamilyConfig, WeightKind } from './family';
import { familyOf } from './registry';

/** The files of a model as they lie on disk. */
export interface ModelFiles {
  /** config.json */
  config: string;
  /** tokenizer.json */
  tokenizer: string;
  /** tokenizer_config.json */
  tokenizerConfig: string;
  /** model.safetensors */
  weights: Uint8Array;
}

export interface LoadedModel {
  id: string;
  family: string;
  encoder: Encoder & FamilyConfig;
  tokenizer: TextEncoder;
  /** By checkpoint name; linear weights are [in, out]. Frozen: nobody but `moveModel` and `disposeModel` may change them. */
  weights: Map<string, tf.Tensor>;
  parameters: number;
  files: Omit<ModelFiles, 'weights'>;
}

/** @throws unsupported-architecture, bad-model-config, bad-tokenizer, bad-safetensors, bad-model-weights */
export function loadModel(id: string, files: ModelFiles): LoadedModel {
  const config = parseJson('config.json', files.config);
  const family = familyOf(config);
  const encoder = family.fromConfig(config);
  const tokenizer = loadTokenizer(
    parseJson('tokenizer.json', files.tokenizer),
    parseJson('tokenizer_config.json', files.tokenizerConfig),
  );
  const weights = readWeights(encoder, files.weights);
  return {
    id,
    family: family.id,
    encoder,
    tokenizer,
    weights,
    parameters: [...weights.values()].reduce((sum, { size }) => sum + size, 0),
    files: { config: files.config, tokenizer: files.tokenizer, tokenizerConfig: files.tokenizerConfig },
  };
}

/**
 * Puts a model's weights on the back end now in force, from its file once more: what lies on another one is freed
 * and not read back. @throws bad-safetensors, bad-model-weights, with the old ones left
 */
export function moveModel(model: LoadedModel, file: Uint8Array): void {
  const fresh = readWeights(model.encoder, file);
  disposeModel(model);
  for (const [name, tensor] of fresh) model.weights.set(name, tensor);
}

function readWeights({ weights: wanted }: Encoder, file: Uint8Array): Map<string, tf.Tensor> {
  const stored = readSafetensors(file);
  const weights = new Map<string, tf.Tensor>();
  try {
    for (const { name, kind, shape } of wanted) {
      const tensor = readFloat32(stored, name);
      if (tensor.shape.join() !== shape.join()) {
        throw new EngineError({
          code: 'bad-model-weights',
          message: `model.safetensors: ${name} is [${tensor.shape}], config.json asks for [${shape}].`,
          hint: 'The files do not belong together; download the model again.',
        });
      }
      weights.set(name, toBackend(kind, tensor));
    }
  } catch (error) {
    tf.dispose([...weights.values()]);
    throw error;
  }
  return weights;
}

export function disposeModel(model: LoadedModel): void {
  tf.dispose([...model.weights.values()]);
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new EngineError(
      {
        code: 'bad-model-config',
        message: `${name} is not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'Download the model again; the file is damaged.',
      },
      { cause: error },
    );
  }
}

/** The shape in torch layout of a weight that the engine keeps as `shape`. */
export function torchShape(kind: WeightKind, shape: readonly number[]): readonly number[] {
  return kind === 'linear' ? shape.toReversed() : shape;
}

/** Torch layout → a tensor in the engine's layout. The caller owns it. */
export function toBackend(kind: WeightKind, { shape, data }: FloatTensor): tf.Tensor {
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
