/** Activations, their gradient and dropout: one thread an element. */
import type * as tf from '@tensorflow/tfjs-core';
import { type DropoutAttrs, fusedKernel } from '../contract';
import { dropoutThreshold } from '../dropoutHash';
import { type Gpu, gpuOf, linear, linearIndex, sizeOf } from './gpu';
import { ACTIVATE, KEEP } from './wgsl';

const SIZE = 64;

/** Each output's i-th element from the inputs' i-th elements. */
function elementwise(
  gpu: Gpu,
  options: {
    name: string;
    inputs: readonly (readonly [name: string, tensor: tf.TensorInfo])[];
    declarations: string;
    outputs: Readonly<Record<string, string>>;
    before?: string;
  },
): tf.TensorInfo[] {
  const { name, inputs, declarations, outputs, before = '' } = options;
  const shape = inputs[0]?.[1].shape ?? [];
  const names = Object.keys(outputs);
  const writes = names.map(() => gpu.make(shape));
  const count = sizeOf(shape);
  gpu.run({
    key: name,
    program: () => ({
      reads: inputs.map(([input]) => [input, 'f32']),
      writes: names.map((output) => [output, 'f32']),
      uniforms: [['count', 'u32']],
      workgroup: [SIZE, 1, 1],
      declarations,
      body: `let i = ${linearIndex(SIZE)}; if (i < u.count) { ${before} ${names.map((output) => `${output}[i] = ${outputs[output]};`).join(' ')} }`,
    }),
    reads: inputs.map(([, tensor]) => tensor),
    writes,
    uniforms: [count],
    groups: linear(gpu, count, SIZE),
  });
  return writes;
}

export const activateWebGpu = fusedKernel('HoneActivate', 'webgpu', ({ inputs: { x }, attrs, backend }) => {
  const [y, slope] = elementwise(gpuOf(backend), {
    name: attrs.activation,
    inputs: [['x', x]],
    declarations: ACTIVATE[attrs.activation],
    before: 'let both = activate(x[i]);',
    outputs: { y: 'both.x', slope: 'both.y' },
  });
  return [y as tf.TensorInfo, slope as tf.TensorInfo];
});

export const activateGradWebGpu = fusedKernel(
  'HoneActivateGrad',
  'webgpu',
  ({ inputs: { dy, slope }, backend }) => {
    const [dx] = elementwise(gpuOf(backend), {
      name: 'activate-grad',
      inputs: [
        ['dy', dy],
        ['slope', slope],
      ],
      declarations: '',
      outputs: { dx: 'dy[i] * slope[i]' },
    });
    return [dx as tf.TensorInfo];
  },
);

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
