/** Embedding look-up and its gradient, a sum over equal ids in row order without atomics. */
import { fusedKernel } from '../contract';
import { gpuOf, linear, linearIndex, sizeOf } from './gpu';

const SIZE = 64;
/** Columns of a thread that one search for equal ids serves. */
const TOGETHER = 4;
const together = (line: (j: number) => string): string =>
  Array.from({ length: TOGETHER }, (_, j) => line(j)).join(' ');

export const embedWebGpu = fusedKernel('HoneEmbed', 'webgpu', ({ inputs, attrs, backend }) => {
  const gpu = gpuOf(backend);
  const { words, ids, positions, segments } = inputs;
  const width = words.shape[1] as number;
  const out = gpu.make([sizeOf(ids.shape), width]);
  const count = sizeOf(out.shape);
  gpu.run({
    key: `embed${positions ? '+positions' : ''}${segments ? '+segments' : ''}`,
    program: () => ({
      reads: [
        ['words', 'f32'],
        ['ids', 'i32'],
        ...(positions ? ([['positions', 'f32']] as const) : []),
        ...(segments ? ([['segments', 'f32']] as const) : []),
      ],
      writes: [['out', 'f32']],
      uniforms: [
        ['count', 'u32'],
        ['width', 'u32'],
        ['length', 'u32'],
      ],
      workgroup: [SIZE, 1, 1],
      body: /* wgsl */ `
  let i = ${linearIndex(SIZE)};
  if (i >= u.count) { return; }
  let n = i / u.width;
  let d = i % u.width;
  var y = words[u32(ids[n]) * u.width + d];
  ${positions ? 'y += positions[(n % u.length) * u.width + d];' : ''}
  ${segments ? 'y += segments[d];' : ''}
  out[i] = y;`,
    }),
    reads: [words, ids, ...(positions ? [positions] : []), ...(segments ? [segments] : [])],
    writes: [out],
    uniforms: [count, width, attrs.length],
    groups: linear(gpu, count, SIZE),
  });
  return [out];
});

/**
 * First zeros everywhere; then a workgroup a row of dy: that of an id's first row adds up all rows of the id, in
 * order, and the others stop. Ids need no sorting, and their count no reading back.
 */
export const scatterAddWebGpu = fusedKernel(
  'HoneScatterAdd',
  'webgpu',
  ({ inputs: { dy, ids }, attrs, backend }) => {
    const gpu = gpuOf(backend);
    const width = sizeOf(dy.shape.slice(1));
    const count = sizeOf(ids.shape);
    const out = gpu.make([attrs.rows, width]);
    const cells = sizeOf(out.shape);
    gpu.run({
      key: 'zeros',
      program: () => ({
        reads: [],
        writes: [['out', 'f32']],
        uniforms: [['count', 'u32']],
        workgroup: [SIZE, 1, 1],
        body: `let i = ${linearIndex(SIZE)}; if (i < u.count) { out[i] = 0.0; }`,
      }),
      reads: [],
      writes: [out],
      uniforms: [cells],
      groups: linear(gpu, cells, SIZE),
    });
    gpu.run({
      key: 'scatter-add',
      program: () => ({
        reads: [
          ['dy', 'f32'],
          ['ids', 'i32'],
        ],
        writes: [['out', 'f32']],
        uniforms: [
          ['count', 'u32'],
          ['width', 'u32'],
          ['rows', 'u32'],
        ],
        workgroup: [SIZE, 1, 1],
        declarations: 'var<workgroup> earlier: array<u32, 64>;',
        body: /* wgsl */ `
  let n = min(group.y * groups.x + group.x, u.count - 1u);
  let own = ids[n];
  var seen = 0u;
  for (var i = lane; i < n; i += ${SIZE}u) { seen |= u32(ids[i] == own); }
  earlier[lane] = seen;
  workgroupBarrier();
  for (var i = 0u; i < ${SIZE}u; i++) { seen |= earlier[i]; }
  if (seen != 0u || own < 0 || u32(own) >= u.rows) { return; }
  for (var d = lane; d < u.width; d += ${SIZE * TOGETHER}u) {
    var sum = array<f32, ${TOGETHER}>();
    for (var i = n; i < u.count; i++) {
      if (ids[i] != own) { continue; }
      let at = i * u.width + d;
      ${together((j) => `sum[${j}] += dy[min(at + ${j * SIZE}u, i * u.width + u.width - 1u)];`)}
    }
    let to = u32(own) * u.width + d;
    ${together((j) => `if (d + ${j * SIZE}u < u.width) { out[to + ${j * SIZE}u] = sum[${j}]; }`)}
  }`,
      }),
      reads: [dy, ids],
      writes: [out],
      uniforms: [count, width, attrs.rows],
      groups: linear(gpu, count, 1),
    });
    return [out];
  },
);
