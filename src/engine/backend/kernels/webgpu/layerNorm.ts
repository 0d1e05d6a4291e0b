/**
 * Layer norm of x + residual: a workgroup a row, so that rows are read side by side and each sum takes one barrier.
 * The gradients of γ and β are sums over rows: a workgroup a few columns, its threads sharing out the rows.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { fusedKernel } from '../contract';
import { type Gpu, gpuOf, linear, ROW_INDEX } from './gpu';
import { sumOver } from './wgsl';

/** Threads a row. */
const ROW = 32;
/** Columns and shares of the rows that a workgroup of a column sum has. */
const COLUMNS = 16;
const SHARES = 8;

export const layerNormWebGpu = fusedKernel('HoneLayerNorm', 'webgpu', ({ inputs, attrs, backend }) => {
  const gpu = gpuOf(backend);
  const { x, residual, gamma, beta } = inputs;
  const [rows, width] = x.shape as [number, number];
  const [y, stats] = [gpu.make(x.shape), gpu.make([rows, 2])];
  const sum = residual ? gpu.make(x.shape) : gpu.alias(x);
  const s = residual ? 'sum' : 'x';
  gpu.run({
    key: `layer-norm${residual ? '+residual' : ''}`,
    program: () => ({
      reads: [
        ['x', 'f32'],
        ...(residual ? ([['residual', 'f32']] as const) : []),
        ['gamma', 'f32'],
        ['beta', 'f32'],
      ],
      writes: [['y', 'f32'], ...(residual ? ([['sum', 'f32']] as const) : []), ['stats', 'f32']],
      uniforms: [
        ['rows', 'u32'],
        ['width', 'u32'],
        ['epsilon', 'f32'],
      ],
      workgroup: [ROW, 1, 1],
      declarations: sumOver(ROW, 'f32'),
      body: /* wgsl */ `
  let row = min(${ROW_INDEX}, u.rows - 1u);
  let at = row * u.width;
  var own = 0.0;
  for (var i = lane; i < u.width; i += ${ROW}u) {
    ${residual ? 'let s = x[at + i] + residual[at + i]; sum[at + i] = s;' : 'let s = x[at + i];'}
    own += s;
  }
  let mean = sum_over(own, lane) / f32(u.width);
  own = 0.0;
  for (var i = lane; i < u.width; i += ${ROW}u) {
    let centred = ${s}[at + i] - mean;
    own += centred * centred;
  }
  let inverse = inverseSqrt(sum_over(own, lane) / f32(u.width) + u.epsilon);
  for (var i = lane; i < u.width; i += ${ROW}u) {
    y[at + i] = (${s}[at + i] - mean) * inverse * gamma[i] + beta[i];
  }
  if (lane == 0u) {
    stats[2u * row] = mean;
    stats[2u * row + 1u] = inverse;
  }`,
    }),
    reads: [x, ...(residual ? [residual] : []), gamma, beta],
    writes: residual ? [y, sum, stats] : [y, stats],
    uniforms: [rows, width, attrs.epsilon],
    groups: linear(gpu, rows, 1),
  });
  return [y, sum, stats];
});

export const layerNormGradWebGpu = fusedKernel(
  'HoneLayerNormGrad',
  'webgpu',
  ({ inputs: { dy, sum, gamma, stats }, attrs, backend }) => {
    const gpu = gpuOf(backend);
    const [rows, width] = dy.shape as [number, number];
    const ds = gpu.make(dy.shape);
    gpu.run({
      key: 'layer-norm-grad',
      program: () => ({
        reads: [
          ['dy', 'f32'],
          ['sum', 'f32'],
          ['gamma', 'f32'],
          ['stats', 'f32'],
        ],
        writes: [['ds', 'f32']],
        uniforms: [
          ['rows', 'u32'],
          ['width', 'u32'],
        ],
        workgroup: [ROW, 1, 1],
        declarations: sumOver(ROW, 'vec2<f32>'),
        body: /* wgsl */ `
  let row = min(${ROW_INDEX}, u.rows - 1u);
  let at = row * u.width;
  let mean = stats[2u * row];
  let inverse = stats[2u * row + 1u];
  var own = vec2<f32>(0.0);
  for (var i = lane; i < u.width; i += ${ROW}u) {
    let g = dy[at + i] * gamma[i];
    own += vec2<f32>(g, g * (sum[at + i] - mean) * inverse);
  }
  let means = sum_over(own, lane) / f32(u.width);
  for (var i = lane; i < u.width; i += ${ROW}u) {
    let normal = (sum[at + i] - mean) * inverse;
    ds[at + i] = (dy[at + i] * gamma[i] - means.x - normal * means.y) * inverse;
  }`,
      }),
      reads: [dy, sum, gamma, stats],
      writes: [ds],
      uniforms: [rows, width],
      groups: linear(gpu, rows, 1),
    });
    if (!attrs.affine) return [ds];
    const [dgamma, dbeta] = [gpu.make([width]), gpu.make([width])];
    columnSums(gpu, {
      key: 'layer-norm-affine-grad',
      reads: [
        ['dy', dy],
        ['sum', sum],
        ['stats', stats],
      ],
      type: 'vec2<f32>',
      value: 'vec2<f32>(dy[at] * (sum[at] - stats[2u * row]) * stats[2u * row + 1u], dy[at])',
      writes: [
        ['dgamma', dgamma, 'total.x'],
        ['dbeta', dbeta, 'total.y'],
      ],
      rows,
      width,
    });
    return [ds, dgamma, dbeta];
  },
);

export const columnSumWebGpu = fusedKernel('HoneColumnSum', 'webgpu', ({ inputs: { dy }, backend }) => {
  const gpu = gpuOf(backend);
  const [rows, width] = dy.shape as [number, number];
  const out = gpu.make([width]);
  columnSums(gpu, {
    key: 'column-sum',
    reads: [['dy', dy]],
    type: 'f32',
    value: 'dy[at]',
    writes: [['out', out, 'total']],
    rows,
    width,
  });
  return [out];
});

/** Σ over rows of `value`, an expression of `row` and `at` = row·width + column. */
export function columnSums(
  gpu: Gpu,
  options: {
    key: string;
    reads: readonly (readonly [name: string, tensor: tf.TensorInfo])[];
    type: string;
    value: string;
    writes: readonly (readonly [name: string, tensor: tf.TensorInfo, value: string])[];
    rows: number;
    width: number;
  },
): void {
  const { key, reads, type, value, writes, rows, width } = options;
  gpu.run({
    key,
    program: () => ({
      reads: reads.map(([name]) => [name, 'f32']),
      writes: writes.map(([name]) => [name, 'f32']),
      uniforms: [
        ['rows', 'u32'],
        ['width', 'u32'],
      ],
      workgroup: [COLUMNS, SHARES, 1],
      declarations: `var<workgroup> shares: array<${type}, ${COLUMNS * SHARES}>;`,
      body: /* wgsl */ `
  let column = id.x;
  let safe = min(column, u.width - 1u);
  var own = ${type}();
  for (var row = local.y; row < u.rows; row += ${SHARES}u) {
    let at = row * u.width + safe;
    own += ${value};
  }
  shares[lane] = own;
  workgroupBarrier();
  if (local.y == 0u && column < u.width) {
    var total = shares[local.x];
    for (var i = 1u; i < ${SHARES}u; i++) { total += shares[i * ${COLUMNS}u + local.x]; }
    ${writes.map(([name, , sum]) => `${name}[column] = ${sum};`).join(' ')}
  }`,
    }),
    reads: reads.map(([, tensor]) => tensor),
    writes: writes.map(([, tensor]) => tensor),
    uniforms: [rows, width],
    groups: [Math.ceil(width / COLUMNS), 1, 1],
  });
}
