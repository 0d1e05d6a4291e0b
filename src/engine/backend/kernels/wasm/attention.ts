/** Multi-head attention, one head of one text a chunk. */
import { fusedKernel } from '../contract';
import { dropoutArguments } from './dropoutArguments';
import { nativeOf } from './native';

export const attentionWasm = fusedKernel('HoneAttention', 'wasm', ({ inputs, attrs, backend }) => {
  const native = nativeOf(backend);
  const { q, k, v, mask, seed } = inputs;
  const { rows, length, heads } = attrs;
  const size = (q.shape[1] as number) / heads;
  const [out, lse] = [native.output(q.shape), native.output([rows, heads, length])];
  const { key, threshold, kept } = dropoutArguments(native, seed, attrs);
  native.needScratch(native.attentionBytes(length, size));
  native.run(
    'attend',
    rows * heads,
    [...[q, k, v, mask, out, lse].map(native.at), length, heads, size, key, threshold],
    [1 / Math.sqrt(size), kept],
  );
  return [out, lse];
});

export const attentionGradWasm = fusedKernel('HoneAttentionGrad', 'wasm', ({ inputs, attrs, backend }) => {
  const native = nativeOf(backend);
  const { dout, q, k, v, out, lse, mask, seed } = inputs;
  const { rows, length, heads } = attrs;
  const size = (q.shape[1] as number) / heads;
  const [dq, dk, dv] = [native.output(q.shape), native.output(q.shape), native.output(q.shape)];
  const { key, threshold, kept } = dropoutArguments(native, seed, attrs);
  native.needScratch(native.attentionBytes(length, size));
  native.run(
    'attendGrad',
    rows * heads,
    [...[dout, q, k, v, out, lse, mask, dq, dk, dv].map(native.at), length, heads, size, key, threshold],
    [1 / Math.sqrt(size), kept],
  );
  return [dq, dk, dv];
});
