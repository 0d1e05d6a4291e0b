/** RMS norm of x + residual: a workgroup a stretch of γ's width. */
import { fusedKernel } from '../contract';
import { gpuOf, linear, ROW_INDEX, sizeOf } from './gpu';
import { columnSums } from './layerNorm';
import { sumOver } from './wgsl';

/** Threads a stretch. */
const ROW = 32;

export const rmsNormWebGpu = fusedKernel('HoneRmsNorm', 'webgpu', ({ inputs, attrs, backend }) => {
  const gpu = gpuOf(backend);
  const { x, residual, gamma } = inputs;
  const width = sizeOf(gamma.shape);
  const rows = sizeOf(x.shape) / width;
  const [y, inverse] = [gpu.make(x.shape), gpu.make([rows])];
  const sum = residual ? gpu.make(x.shape) : gpu.alias(x);
  const s = residual ? 'sum' : 'x';
  gpu.run({
    key: `rms-norm${residual ? '+residual' : ''}`,
    program: () => ({
      reads: [['x', 'f32'], ...(residual ? ([['residual', 'f32']] as const) : []), ['gamma', 'f32']],
      writes: [['y', 'f32'], ...(residual ? ([['sum', 'f32']] as const) : []), ['inverse', 'f32']],
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
    own += s * s;
  }
  let scale = inverseSqrt(sum_over(own, lane) / f32(u.width) + u.epsilon);
  for (var i = lane; i < u.width; i += ${ROW}u) { y[at + i] = ${s}[at + i] * scale * gamma[i]; }
  if (lane == 0u) { inverse[row] = scale; }`,
    }),
    reads: [x, ...(residual ? [residual] : []), gamma],
    writes: residual ? [y, sum, inverse] : [y, inverse],
    uniforms: [rows, width, attrs.epsilon],
    groups: linear(gpu, rows, 1),
  });
  return [y, sum, inverse];
});

export const rmsNormGradWebGpu = fusedKernel(
  'HoneRmsNormGrad',
  'webgpu',
  ({ inputs: { dy, sum, gamma, inverse }, attrs, backend }) => {
    const gpu = gpuOf(backend);
    const width = sizeOf(gamma.shape);
    const rows = sizeOf(dy.shape) / width;
    const ds = gpu.make(dy.shape);
    gpu.run({
      key: 'rms-norm-grad',
      program: () => ({
        reads: [
          ['dy', 'f32'],
          ['sum', 'f32'],
          ['gamma', 'f32'],
          ['inverse', 'f32'],
        ],
        writes: [['ds', 'f32']],
        uniforms: [
          ['rows', 'u32'],
          ['width', 'u32'],
        ],
        workgroup: [ROW, 1, 1],
        declarations: sumOver(ROW, 'f32'),
        body: /* wgsl */ `
  let row = min(${ROW_INDEX}, u.rows - 1u);
  let at = row * u.width;
  let scale = inverse[row];
  var own = 0.0;
  for (var i = lane; i < u.width; i += ${ROW}u) { own += dy[at + i] * gamma[i] * sum[at + i] * scale; }
  let along = sum_over(own, lane) / f32(u.width);
  for (var i = lane; i < u.width; i += ${ROW}u) {
    ds[at + i] = (dy[at + i] * gamma[i] - sum[at + i] * scale * along) * scale;
  }`,
      }),
      reads: [dy, sum, gamma, inverse],
      writes: [ds],
      uniforms: [rows, width],
      groups: linear(gpu, rows, 1),
    });
    if (!attrs.affine) return [ds];
    const dgamma = gpu.make([width]);
    columnSums(gpu, {
      key: 'rms-norm-affine-grad',
      reads: [
        ['dy', dy],
        ['sum', sum],
        ['inverse', inverse],
      ],
      type: 'f32',
      value: 'dy[at] * sum[at] * inverse[row]',
      writes: [['dgamma', dgamma, 'total']],
      rows,
      width,
    });
    return [ds, dgamma];
  },
);
