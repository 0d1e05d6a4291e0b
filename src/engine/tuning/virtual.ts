/** Learned positions before every text, from the weight that holds them to what the encoder reads. P of them. */
import * as tf from '@tensorflow/tfjs-core';
import type { Weight } from '../backend/ops';
import type { VirtualTokens } from '../model/family';
import type { TokenBatch } from '../text/batches';
import type { VirtualWeight } from './method';

type Virtual = VirtualWeight | undefined;

/** What one forward pass reads before the texts of a batch; made inside the caller's tidy. */
export function virtualTokens(
  virtual: Virtual,
  batch: TokenBatch,
  weightOf: (name: string) => Weight<tf.Tensor2D>,
): VirtualTokens | null {
  if (!virtual) return null;
  const { kind, count, name, layers } = virtual;
  const weight = weightOf(name);
  if (kind === 'prompt') return { kind, count, words: weight };
  // As peft lays them out: layer by layer, keys before values.
  const parts = tf.split(weight.value, 2 * layers, 1);
  return {
    kind,
    count,
    layers: Array.from({ length: layers }, (_, i) => ({
      keys: parts[2 * i] as tf.Tensor2D,
      values: parts[2 * i + 1] as tf.Tensor2D,
    })),
    mask: maskBehind(count, batch),
  };
}

/** A batch as the layers see it: a prompt's tokens are tokens like any other. */
export function readBatch(virtual: Virtual, batch: TokenBatch): TokenBatch {
  if (virtual?.kind !== 'prompt') return batch;
  const { count } = virtual;
  return { ...batch, length: count + batch.length, mask: maskBehind(count, batch) };
}

/** [B, P+T] for a mask [B, T]: virtual tokens are never padding. */
function maskBehind(count: number, { rows, mask }: TokenBatch): tf.Tensor2D {
  return tf.concat([tf.ones([rows, count]), mask], 1) as tf.Tensor2D;
}
