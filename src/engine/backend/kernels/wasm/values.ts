/** Kernels that treat every value alike: GELU, dropout. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { fusedKernel } from '../contract';
import { dropoutArguments } from './dropoutArguments';
import { type Native, nativeOf } from './native';

export const VALUES_PER_CHUNK = 16_384;

export const sizeOf = ({ shape }: TensorInfo): number => shape.reduce((a, b) => a * b, 1);

function gelu(native: Native, x: TensorInfo, dy?: TensorInfo): TensorInfo {
  const out = native.output(x.shape);
  const count = sizeOf(x);
  native.run('gelu', Math.ceil(count / VALUES_PER_CHUNK), [
    native.at(x),
    native.at(dy),
    native.at(out),
    count,
    VALUES_PER_CHUNK,
  ]);
  return out;
}

export const geluWasm = fusedKernel('HoneGelu', 'wasm', ({ inputs: { x }, backend }) => [
  gelu(nativeOf(backend), x),
]);

export const geluGradWasm = fusedKernel('HoneGeluGrad', 'wasm', ({ inputs: { dy, x }, backend }) => [
  gelu(nativeOf(backend), x, dy),
]);

export const dropoutWasm = fusedKernel('HoneDropout', 'wasm', ({ inputs: { x, seed }, attrs, backend }) => {
  const native = nativeOf(backend);
  const out = native.output(x.shape);
  const count = sizeOf(x);
  const { key, threshold, kept } = dropoutArguments(native, seed, attrs);
  native.run(
    'dropout',
    Math.ceil(count / VALUES_PER_CHUNK),
    [native.at(x), native.at(out), count, VALUES_PER_CHUNK, key, threshold],
    [kept],
  );
  return [out];
});
