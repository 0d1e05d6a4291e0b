/** Mean over a text's tokens and its gradient: a thread a value. */
import { fusedKernel } from '../contract';
import { gpuOf, linear, linearIndex, sizeOf } from './gpu';

const SIZE = 64;

const UNIFORMS = [
  ['count', 'u32'],
  ['width', 'u32'],
  ['length', 'u32'],
] as const;

export const maskedMeanWebGpu = fusedKernel(
  'HoneMaskedMean',
  'webgpu',
  ({ inputs: { x, mask }, attrs, backend }) => {
    const gpu = gpuOf(backend);
    const width = x.shape[1] as number;
    const out = gpu.make([attrs.rows, width]);
    const count = sizeOf(out.shape);
    gpu.run({
      key: 'masked-mean',
      program: () => ({
        reads: [
          ['x', 'f32'],
          ['mask', 'f32'],
        ],
        writes: [['out', 'f32']],
        uniforms: UNIFORMS,
        workgroup: [SIZE, 1, 1],
        body: /* wgsl */ `
  let i = ${linearIndex(SIZE)};
  if (i >= u.count) { return; }
  let first = i / u.width * u.length;
  var sum = 0.0;
  var weight = 0.0;
  for (var t = 0u; t < u.length; t++) {
    let m = mask[first + t];
    sum += x[(first + t) * u.width + i % u.width] * m;
    weight += m;
  }
  out[i] = sum / weight;`,
      }),
      reads: [x, mask],
      writes: [out],
      uniforms: [count, width, attrs.length],
      groups: linear(gpu, count, SIZE),
    });
    return [out];
  },
);

export const maskedMeanGradWebGpu = fusedKernel(
  'HoneMaskedMeanGrad',
  'webgpu',
  ({ inputs: { dy, mask }, attrs: { rows, length }, backend }) => {
    const gpu = gpuOf(backend);
    const width = dy.shape[1] as number;
    const out = gpu.make([rows * length, width]);
    const count = sizeOf(out.shape);
    gpu.run({
      key: 'masked-mean-grad',
      program: () => ({
        reads: [
          ['dy', 'f32'],
          ['mask', 'f32'],
        ],
        writes: [['out', 'f32']],
        uniforms: UNIFORMS,
        workgroup: [SIZE, 1, 1],
        body: /* wgsl */ `
  let i = ${linearIndex(SIZE)};
  if (i >= u.count) { return; }
  let n = i / u.width;
  let first = n / u.length * u.length;
  var weight = 0.0;
  for (var t = 0u; t < u.length; t++) { weight += mask[first + t]; }
  out[i] = dy[n / u.length * u.width + i % u.width] * (mask[n] / weight);`,
      }),
      reads: [dy, mask],
      writes: [out],
      uniforms: [count, width, length],
      groups: linear(gpu, count, SIZE),
    });
    return [out];
  },
);
