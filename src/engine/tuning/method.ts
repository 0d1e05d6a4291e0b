/**
 * The contract of a tuning method. A method says which weights of the base move and, if it adds weights of its
 * own, how they change a linear module's output and how they fold into its weight. Everything else (gradients,
 * optimizer, checkpoints, merging, export) is shared and knows no method by name.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { Weight } from '../backend/ops';
import type { Settings } from '../core/fields';
import type { ModelShape } from '../core/modelShape';
import type { Random } from '../core/random';
import type { Encoder, VirtualTokens, WeightKind, WeightSpec } from '../model/family';
import type { TextEncoder } from '../text/tokenizer';

/** A new weight, in the engine's layout ([in, out] for kind 'linear'). */
export interface AddedWeight {
  /** peft's name without its `base_model.model.` prefix, so that saved files need no translation. */
  name: string;
  kind: WeightKind;
  shape: readonly [number, number];
  /** The values to start from, or how they follow from the base's weights. */
  start: Float32Array | ((base: (name: string) => tf.Tensor) => tf.Tensor);
}

/** What a method puts beside one linear module. */
export interface ModuleAdapter {
  /** Replaces y = x·W + b given the added weights. x [N, I], y [N, O]; `dropped` is x after the adapter's dropout. */
  apply(y: tf.Tensor2D, dropped: tf.Tensor2D, added: (name: string) => Weight<tf.Tensor2D>): tf.Tensor2D;
  /** The module's weight [I, O] with the adapter folded in; the caller owns the result and tidies. */
  merge(weight: tf.Tensor2D, added: (name: string) => tf.Tensor2D): tf.Tensor2D;
}

export interface Plan {
  /** Whether this weight of the base moves. */
  trains(weight: WeightSpec): boolean;
  added: readonly AddedWeight[];
  /** By module name (`encoder.layer.0.attention.self.query`). */
  adapters: ReadonlyMap<string, ModuleAdapter>;
  /** Dropout on what the adapters read. */
  adapterDropout: number;
  virtual?: VirtualWeight;
}

/** Learned positions before every text, from the added weight `name`: [P, D] for a prompt, else [P, 2·L·D]. */
export interface VirtualWeight {
  kind: VirtualTokens['kind'];
  name: string;
  count: number;
  layers: number;
}

export interface TuningMethod {
  plan(encoder: Encoder, settings: Settings, rng: Random, tokenizer: TextEncoder): Plan;
}

/** A plan that leaves the base alone and reads one new weight before every text. */
export function virtualPlan(
  kind: VirtualWeight['kind'],
  { layers }: ModelShape,
  { shape, start }: Pick<AddedWeight, 'shape' | 'start'>,
): Plan {
  const name = 'prompt_embeddings';
  return {
    trains: () => false,
    added: [{ name, kind: 'embedding', shape, start }],
    adapters: new Map(),
    adapterDropout: 0,
    virtual: { kind, name, count: shape[0], layers },
  };
}

/** A plan that moves some of the base's own weights and adds none. */
export function movingPlan(trains: (weight: WeightSpec) => boolean): Plan {
  return { trains, added: [], adapters: new Map(), adapterDropout: 0 };
}
