/** Gated activations: a thread a value of each half. */
import type * as tf from '@tensorflow/tfjs-core';
import { type Activation, fusedKernel } from '../contract';
import { type Gpu, gpuOf, linear, linearIndex } from './gpu';
import { ACTIVATE } from './wgsl';

const SIZE = 64;

type List = readonly (readonly [name: string, tensor: tf.TensorInfo])[];

/** `i` counts values of a half, `at` is where it lies in gate, `other` in up. */
function run(
  gpu: Gpu,
  options: { key: string; activation: Activation; apart: boolean; reads: List; writes: List; body: string },
): void {
  const { key, activation, apart, reads, writes, body } = options;
  const gate = (reads.find(([name]) => name === 'gate') as (typeof reads)[number])[1];
  const [rows, step] = gate.shape as [number, number];
  const width = apart ? step : step / 2;
  gpu.run({
    key: `${key}-${activation}${apart ? '' : '-side-by-side'}`,
    program: () => ({
      reads: reads.map(([name]) => [name, 'f32']),
      writes: writes.map(([name]) => [name, 'f32']),
      uniforms: [
        ['count', 'u32'],
        ['width', 'u32'],
      ],
      workgroup: [SIZE, 1, 1],
      declarations: ACTIVATE[activation],
      body: /* wgsl */ `
  let i = ${linearIndex(SIZE)};
  if (i >= u.count) { return; }
  let at = ${apart ? 'i' : 'i / u.width * 2u * u.width + i % u.width'};
  let other = ${apart ? 'i' : 'at + u.width'};
  ${body}`,
    }),
    reads: reads.map(([, tensor]) => tensor),
    writes: writes.map(([, tensor]) => tensor),
    uniforms: [rows * width, width],
    groups: linear(gpu, rows * width, SIZE),
  });
}

export const gatedWebGpu = fusedKernel('HoneGated', 'webgpu', ({ inputs: { gate, up }, attrs, backend }) => {
  const gpu = gpuOf(backend);
  const [rows, step] = gate.shape as [number, number];
  const y = gpu.make([rows, up ? step : step / 2]);
  run(gpu, {
    key: 'gated',
    activation: attrs.activation,
    apart: up !== undefined,
    reads: [['gate', gate], ...(up ? ([['up', up]] as const) : [])],
    writes: [['y', y]],
    body: `y[i] = activate(gate[at]).x * ${up ? 'up' : 'gate'}[other];`,
  });
  return [y];
});

export const gatedGradWebGpu = fusedKernel(
  'HoneGatedGrad',
  'webgpu',
  ({ inputs: { dy, gate, up }, attrs, backend }) => {
    const gpu = gpuOf(backend);
    const [dgate, dup] = [gpu.make(gate.shape), up ? gpu.make(up.shape) : undefined];
    run(gpu, {
      key: 'gated-grad',
      activation: attrs.activation,
      apart: up !== undefined,
      reads: [['dy', dy], ['gate', gate], ...(up ? ([['up', up]] as const) : [])],
      writes: [['dgate', dgate], ...(dup ? ([['dup', dup]] as const) : [])],
      body: /* wgsl */ `
  let both = activate(gate[at]);
  dgate[at] = dy[i] * ${up ? 'up' : 'gate'}[other] * both.y;
  ${up ? 'dup' : 'dgate'}[other] = dy[i] * both.x;`,
    });
    return dup ? [dgate, dup] : [dgate];
  },
);
