/** What a model family gives: named weights, and a forward pass cut at layer boundaries. B batch, T tokens, D width. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Dropout, LinearOptions, Weight } from '../backend/ops';
import type { ModelShape, Pooling, WeightRole } from '../core/modelShape';
import type { FloatTensor } from '../core/safetensors';
import type { TokenBatch } from '../text/batches';
import type { StockForm } from './stock';

/** How a weight is laid out and treated: linear weights are kept [in, out]; only matrices are decayed. */
export type WeightKind = 'embedding' | 'linear' | 'bias' | 'norm' | 'scale';

export interface WeightSpec {
  /** Name in the checkpoint, torch's, without what wraps the encoder: `encoder.layer.0.attention.self.query.weight`. */
  name: string;
  kind: WeightKind;
  /** Torch's shape: [out, in] for linear. */
  shape: readonly number[];
  /** Layer index, or -1 for the embeddings. What follows the last layer belongs to it. */
  layer: number;
  /** Of a linear weight of a layer: what methods choose it by. */
  role?: WeightRole;
  /** Stored [in, out], as transformers' Conv1D: `shape` is [out, in] all the same. */
  transposed?: boolean;
  /** Whole names under which some checkpoints store the same values, as a tied output matrix. */
  alsoNamed?: readonly string[];
}

/**
 * Learned positions before every text, P of them. Either way the text's own tokens stand from position P on, as
 * transformers places them after a prompt or a prefix.
 */
export type VirtualTokens =
  /** Read like P more tokens by these word embeddings [P, D]. */
  | { kind: 'prompt'; count: number; words: Weight<tf.Tensor2D> }
  /** Keys and values [P, D] of each layer, which every token may attend to; mask [B, P+T] covers them. */
  | { kind: 'prefix'; count: number; layers: readonly Prefix[]; mask: tf.Tensor2D };

interface Prefix {
  keys: tf.Tensor2D;
  values: tf.Tensor2D;
}

/** How a tuned model reads weights during one forward pass. */
export interface Forward {
  /** False while predicting: no dropout. */
  training: boolean;
  weight(name: string): Weight;
  virtual: VirtualTokens | null;
  /** y = x·W + b of the named module (`….query`), with whatever the tuning method adds; then `options`. */
  linear(module: string, x: tf.Tensor2D, options?: LinearOptions): tf.Tensor2D;
  /** Seeded dropout; the identity while predicting. */
  dropout<T extends tf.Tensor>(x: T): T;
  /** For an operation that drops by itself; null while predicting. */
  nextDropout(): Dropout | null;
}

export interface Encoder {
  shape: ModelShape;
  weights: readonly WeightSpec[];
  /** What is computed from config.json once and read like a weight, as angles of positions. */
  tables?: ReadonlyMap<string, FloatTensor>;
  /** The weight that holds the word embeddings. */
  words: string;
  /** Before a layer's number in the names of its weights: `encoder.layer`. */
  layerPath: string;
  pooling: Pooling;
  /** α in the features, as the family defines them. */
  featureScale: number;
  stock: StockForm;
  /** Word, position and segment embeddings, normed: [B·T, D], or [B·(P+T), D] with a prompt of P before each text. */
  embed(forward: Forward, batch: TokenBatch): tf.Tensor2D;
  /** One encoder layer: [B·T, D] → [B·T, D]. */
  layer(forward: Forward, index: number, hidden: tf.Tensor2D, batch: TokenBatch): tf.Tensor2D;
  /** Sentence vector before any normalisation: [B·T, D] → [B, D]. */
  pool(hidden: tf.Tensor2D, batch: TokenBatch): tf.Tensor2D;
  /** What the classifier sees: [B, D] → [B, D]. */
  features(pooled: tf.Tensor2D): tf.Tensor2D;
}

/** What a checkpoint's other files say of it. */
export interface Told {
  pooling?: Pooling;
}

export interface Family {
  /** `model_type` of config.json. */
  id: string;
  /** Reads and checks a Hugging Face config.json. @throws bad-model-config */
  fromConfig(config: unknown, told?: Told): Encoder;
}
