/** Kernels that treat every value alike: activations, dropout. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { ACTIVATIONS, fusedKernel } from '../contract';
import { dropoutArguments } from './dropoutArguments';
import { type Native, nativeOf } from './native';
import type { Job } from './nativeModule';

export const VALUES_PER_CHUNK = 16_384;

export const sizeOf = ({ shape }: TensorInfo): number => shape.reduce((a, b) => a * b, 1);

/** A job of three tensors that goes value by value. */
function eachValue(native: Native, job: Job, tensors: readonly TensorInfo[], ...more: number[]): void {
  const count = sizeOf(tensors[0] as TensorInfo);
  native.run(job, Math.ceil(count / VALUES_PER_CHUNK), [
    ...tensors.map(native.at),
    count,
    VALUES_PER_CHUNK,
    ...more,
  ]);
}

export const activateWasm = fusedKernel('HoneActivate', 'wasm', ({ inputs: { x }, attrs, backend }) => {
  const native = nativeOf(backend);
  const [y, slope] = [native.output(x.shape), native.output(x.shape)];
  eachValue(native, 'activate', [x, y, slope], ACTIVATIONS.indexOf(attrs.activation));
  return [y, slope];
});

export const activateGradWasm = fusedKernel(
  'HoneActivateGrad',
  'wasm',
  ({ inputs: { dy, slope }, backend }) => {
    const native = nativeOf(backend);
    const dx = native.output(dy.shape);
    eachValue(native, 'times', [dy, slope, dx]);
    return [dx];
  },
);

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
