/**
 * The contract of a tuning method. A method says which weights of the base move and, if it adds weights of its
 * own, how they change a linear module's output and how they fold into its weight. Everything else (gradients,
 * optimizer, checkpoints, merging, export) is shared and knows no method by name.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { Weight } from '../backend/ops';
import type { Settings } from '../core/fields';
import { type LinearRole, type ModelShape, type WeightRole, withFused } from '../core/modelShape';
import type { Random } from '../core/random';
import type { FloatTensor } from '../core/safetensors';
import type { Encoder, VirtualTokens, WeightKind, WeightSpec } from '../model/family';
import type { TextEncoder } from '../text/tokenizer';

/** A new weight, in the engine's layout ([in, out] for kind 'linear'). */
export interface AddedWeight {
  /** peft's name without its `base_model.model.` prefix, so that saved files need no translation. */
  name: string;
  kind: WeightKind;
  shape: readonly number[];
  /** The values to start from, or how they follow from the base's weights. */
  start: Float32Array | ((base: (name: string) => tf.Tensor) => tf.Tensor);
}

/** The added weights by name. */
export type Added = <T extends tf.Tensor>(name: string) => Weight<T>;

/** A linear module as an adapter finds it: N rows, I inputs, O outputs. */
export interface AdaptedLinear {
  /** [N, I] */
  x: tf.Tensor2D;
  /** x after the adapter's dropout. */
  dropped: tf.Tensor2D;
  /** [I, O] */
  weight: Weight<tf.Tensor2D>;
  /** [O] */
  bias: Weight<tf.Tensor1D> | null;
}

export interface MergedLinear {
  weight: tf.Tensor2D;
  bias: tf.Tensor1D | null;
}

/** What a method puts beside one linear module. */
export interface ModuleAdapter {
  /** Stands in for y = x·W + b: [N, O]. */
  apply(module: AdaptedLinear, added: Added): tf.Tensor2D;
  /** W and b with the adapter folded in, inside the caller's tidy; null where no W and b do the same. */
  merge: ((module: MergedLinear, added: Added) => MergedLinear) | null;
}

export interface Plan {
  /** Whether this weight of the base moves. */
  trains(weight: WeightSpec): boolean;
  /** In torch layout, what a moving weight starts from; absent, from the base's values. */
  initial?(weight: WeightSpec): FloatTensor;
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
  { shape, start }: { shape: readonly [count: number, width: number]; start: AddedWeight['start'] },
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

/** A linear module of a layer, [outputs, inputs] in torch's shape. */
export interface RoleModule {
  module: string;
  role: WeightRole;
  outputs: number;
  inputs: number;
}

/** The linear modules of these roles, first layer first. */
export function modulesOf({ weights }: Pick<Encoder, 'weights'>, roles: readonly string[]): RoleModule[] {
  const wanted = withFused(roles);
  return weights.flatMap(({ name, role, shape }) => {
    if (!role || !wanted.includes(role)) return [];
    const [outputs, inputs] = shape as [number, number];
    return [{ module: name.replace(/\.weight$/, ''), role, outputs, inputs }];
  });
}

/**
 * peft's `target_modules` as one expression over whole paths: peft matches a list by ending, and BERT's `output.dense`
 * would also take `attention.output.dense`. It leaves the layer that exports append (model/stock.ts) alone.
 */
export function targetExpression(
  encoder: Pick<Encoder, 'weights' | 'stock' | 'layerPath' | 'shape'>,
  roles: readonly LinearRole[],
): string {
  const { layerPath, stock, shape } = encoder;
  const literal = (text: string): string => text.replaceAll('.', '\\.');
  const first = `${layerPath}.0.`;
  const names = modulesOf(encoder, roles)
    .filter(({ module }) => module.startsWith(first))
    .map(({ module }) => literal(module.slice(first.length)));
  const indices = Array.from({ length: shape.layers }, (_, i) => i).join('|');
  return `${literal(`${stock.prefix}${layerPath}.`)}(${indices})\\.(${names.join('|')})`;
}
