/** Weights kept in few bits, back to floats: a thread a value. */
import { fusedKernel } from '../contract';
import { gpuOf, linear, linearIndex } from './gpu';

const SIZE = 64;

/** The value i of `packed`, before its scale. */
const VALUES = {
  16: 'select(unpack2x16float(packed[i / 2u]).x, unpack2x16float(packed[i / 2u]).y, i % 2u == 1u)',
  8: 'f32(extractBits(bitcast<i32>(packed[i / 4u]), 8u * (i % 4u), 8u))',
  4: 'f32(extractBits(bitcast<i32>(packed[i / 8u]), 4u * (i % 8u), 4u))',
} as const;

export const unpackWebGpu = fusedKernel('HoneUnpack', 'webgpu', ({ inputs, attrs, backend }) => {
  const gpu = gpuOf(backend);
  const { packed, scales } = inputs;
  const { rows, columns, bits, group } = attrs;
  const out = gpu.make([rows, columns]);
  const count = rows * columns;
  gpu.run({
    key: `unpack-${bits}${scales ? '-scaled' : ''}`,
    program: () => ({
      reads: [['packed', 'u32'], ...(scales ? ([['scales', 'f32']] as const) : [])],
      writes: [['out', 'f32']],
      uniforms: [
        ['count', 'u32'],
        ['columns', 'u32'],
        ['group', 'u32'],
      ],
      workgroup: [SIZE, 1, 1],
      body: /* wgsl */ `
  let i = ${linearIndex(SIZE)};
  if (i >= u.count) { return; }
  let value = ${VALUES[bits]};
  out[i] = value${scales ? ' * scales[i / u.columns / u.group * u.columns + i % u.columns]' : ''};`,
    }),
    reads: [packed, ...(scales ? [scales] : [])],
    writes: [out],
    uniforms: [count, columns, group],
    groups: linear(gpu, count, SIZE),
  });
  return [out];
});
