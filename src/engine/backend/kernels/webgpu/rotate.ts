/** Rotary positions: a thread a pair of values. */
import { fusedKernel } from '../contract';
import { gpuOf, linear, linearIndex, sizeOf } from './gpu';

const SIZE = 64;

export const rotateWebGpu = fusedKernel(
  'HoneRotate',
  'webgpu',
  ({ inputs: { x, cos, sin }, attrs, backend }) => {
    const gpu = gpuOf(backend);
    const [width, half] = [x.shape[1] as number, cos.shape[1] as number];
    const pairs = sizeOf(x.shape) / 2;
    const y = gpu.make(x.shape);
    gpu.run({
      key: 'rotate',
      program: () => ({
        reads: [
          ['x', 'f32'],
          ['cosines', 'f32'],
          ['sines', 'f32'],
        ],
        writes: [['y', 'f32']],
        uniforms: [
          ['pairs', 'u32'],
          ['width', 'u32'],
          ['half', 'u32'],
          ['length', 'u32'],
          ['offset', 'u32'],
          ['turn', 'f32'],
        ],
        workgroup: [SIZE, 1, 1],
        body: /* wgsl */ `
  let i = ${linearIndex(SIZE)};
  if (i >= u.pairs) { return; }
  let at = i / u.half * 2u * u.half + i % u.half;
  let angle = (u.offset + at / u.width % u.length) * u.half + i % u.half;
  let c = cosines[angle];
  let s = sines[angle] * u.turn;
  y[at] = x[at] * c - x[at + u.half] * s;
  y[at + u.half] = x[at + u.half] * c + x[at] * s;`,
      }),
      reads: [x, cos, sin],
      writes: [y],
      uniforms: [pairs, width, half, attrs.length, attrs.offset, attrs.back ? -1 : 1],
      groups: linear(gpu, pairs, SIZE),
    });
    return [y];
  },
);
