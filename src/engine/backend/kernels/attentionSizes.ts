/** What an attention's shapes and attributes come to, as every back end needs it. */
import type * as tf from '@tensorflow/tfjs-core';
import type { AttentionAttrs } from './contract';

export interface AttentionSizes {
  /** Values a head. */
  size: number;
  /** Keys a text. */
  keys: number;
  /** Heads of k and v. */
  kvHeads: number;
  /** Keys a query may see before and after its own position: no more than there are. */
  before: number;
  after: number;
  /** Whether every query may see every key. */
  full: boolean;
}

/** For q[B·T, H·d], k[B·K, G·d] and mask[B, K]. */
export function attentionSizes(
  { q, k, mask }: Record<'q' | 'k' | 'mask', tf.TensorInfo>,
  { heads, length, offset, before, after }: AttentionAttrs,
): AttentionSizes {
  const size = (q.shape[1] as number) / heads;
  const keys = mask.shape[1] as number;
  const most = { before: offset + length - 1, after: keys - 1 - offset };
  return {
    size,
    keys,
    kvHeads: (k.shape[1] as number) / size,
    before: Math.min(before, most.before),
    after: Math.min(after, most.after),
    full: before >= most.before && after >= most.after,
  };
}
