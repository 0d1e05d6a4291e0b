/** Multi-head attention, one head of one text a chunk. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { attentionSizes } from '../attentionSizes';
import { type AttentionAttrs, fusedKernel } from '../contract';
import { dropoutArguments } from './dropoutArguments';
import { type Native, nativeOf } from './native';

/** Queries a block where each sees only some keys: few enough that a block's keys are not many more than a query's. */
const BLOCK = 48;

/** Gives threads their scratch, and a job its numbers behind its addresses. */
function prepare(
  native: Native,
  inputs: Record<'q' | 'k' | 'mask', TensorInfo> & { seed?: TensorInfo | undefined },
  attrs: AttentionAttrs,
): { kvHeads: number; ints: number[]; floats: number[] } {
  const { size, keys, kvHeads, before, after, full } = attentionSizes(inputs, attrs);
  const { length, heads, offset } = attrs;
  const block = full ? length : Math.min(length, BLOCK);
  const { key, threshold, kept } = dropoutArguments(native, inputs.seed, attrs);
  native.needScratch(native.attentionBytes(block, keys, size));
  return {
    kvHeads,
    ints: [length, keys, heads, kvHeads, size, offset, before, after, block, key, threshold],
    floats: [1 / Math.sqrt(size), kept],
  };
}

export const attentionWasm = fusedKernel('HoneAttention', 'wasm', ({ inputs, attrs, backend }) => {
  const native = nativeOf(backend);
  const { q, k, v, mask } = inputs;
  const { rows, length, heads } = attrs;
  const [out, lse] = [native.output(q.shape), native.output([rows, heads, length])];
  const { ints, floats } = prepare(native, inputs, attrs);
  native.run('attend', rows * heads, [...[q, k, v, mask, out, lse].map(native.at), ...ints], floats);
  return [out, lse];
});

export const attentionGradWasm = fusedKernel('HoneAttentionGrad', 'wasm', ({ inputs, attrs, backend }) => {
  const native = nativeOf(backend);
  const { dout, q, k, v, out, lse, mask } = inputs;
  const [dq, dk, dv] = [native.output(q.shape), native.output(k.shape), native.output(k.shape)];
  const { kvHeads, ints, floats } = prepare(native, inputs, attrs);
  const tensors = [dout, q, k, v, out, lse, mask, dq, dk, dv].map(native.at);
  native.run('attendGrad', attrs.rows * kvHeads, [...tensors, ...ints], floats);
  return [dq, dk, dv];
});
