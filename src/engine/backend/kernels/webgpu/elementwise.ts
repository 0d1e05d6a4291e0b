/** GELU, its gradient and dropout: one thread an element. */
import type * as tf from '@tensorflow/tfjs-core';
import { type DropoutAttrs, fusedKernel } from '../contract';
import { dropoutThreshold } from '../dropoutHash';
import { type Gpu, gpuOf, linear, linearIndex, sizeOf } from './gpu';
import { GELU, KEEP } from './wgsl';

const SIZE = 64;

/** out[i] = `value` of the inputs' i-th elements. */
function elementwise(
  gpu: Gpu,
  options: {
    name: string;
    inputs: readonly (readonly [name: string, tensor: tf.TensorInfo])[];
    declarations: string;
    value: string;
  },
): tf.TensorInfo {
  const { name, inputs, declarations, value } = options;
  const shape = inputs[0]?.[1].shape ?? [];
  const out = gpu.make(shape);
  const count = sizeOf(shape);
  gpu.run({
    key: name,
    program: () => ({
      reads: inputs.map(([input]) => [input, 'f32']),
      writes: [['out', 'f32']],
      uniforms: [['count', 'u32']],
      workgroup: [SIZE, 1, 1],
      declarations,
      body: `let i = ${linearIndex(SIZE)}; if (i < u.count) { out[i] = ${value}; }`,
    }),
    reads: inputs.map(([, tensor]) => tensor),
    writes: [out],
    uniforms: [count],
    groups: linear(gpu, count, SIZE),
  });
  return out;
}

export const geluWebGpu = fusedKernel('HoneGelu', 'webgpu', ({ inputs: { x }, backend }) => [
  elementwise(gpuOf(backend), {
    name: 'gelu',
    inputs: [['x', x]],
    declarations: GELU,
    value: 'gelu(x[i])',
  }),
]);

export const geluGradWebGpu = fusedKernel('HoneGeluGrad', 'webgpu', ({ inputs: { dy, x }, backend }) => [
  elementwise(gpuOf(backend), {
    name: 'gelu-grad',
    inputs: [
      ['dy', dy],
      ['x', x],
    ],
    declarations: GELU,
    value: 'dy[i] * gelu_slope(x[i])',
  }),
]);

/** Fields of `u` that KEEP reads. */
export const DROP_UNIFORMS = [
  ['salt', 'u32'],
  ['threshold', 'u32'],
  ['kept', 'f32'],
] as const;

export const dropUniforms = ({ rate, salt }: DropoutAttrs): readonly number[] => [
  salt,
  dropoutThreshold(rate),
  1 / (1 - rate),
];

export const dropoutWebGpu = fusedKernel(
  'HoneDropout',
  'webgpu',
  ({ inputs: { x, seed }, attrs, backend }) => {
    const gpu = gpuOf(backend);
    const out = gpu.make(x.shape);
    const count = sizeOf(x.shape);
    gpu.run({
      key: 'dropout',
      program: () => ({
        reads: [['x', 'f32']],
        writes: [['out', 'f32']],
        scalars: [['seed', 'i32']],
        uniforms: [['count', 'u32'], ...DROP_UNIFORMS],
        workgroup: [SIZE, 1, 1],
        declarations: KEEP,
        body: `let i = ${linearIndex(SIZE)}; if (i < u.count) { out[i] = x[i] * keep(i, drop_key()); }`,
      }),
      reads: [x],
      writes: [out],
      scalars: [seed],
      uniforms: [count, ...dropUniforms(attrs)],
      groups: linear(gpu, count, SIZE),
    });
    return [out];
  },
);
