/**
 * Global norm and AdamW over all weights. Weights and moments lie side by side in flat buffers, so that a dispatch
 * has bindings left for many gradients.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { ADAM_EPSILON, BETA1, BETA2, fusedKernel } from '../contract';
import { type Gpu, gpuOf, linear, sizeOf } from './gpu';
import { sumOver } from './wgsl';

const SIZE = 64;
/** Elements a thread of AdamW goes through, so that finding the gradient they are of costs little. */
const EACH = 16;
/** Workgroups, and partial sums, of one dispatch of the norm. */
const NORM_GROUPS = 32;

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

function inTurn<T>(values: readonly T[], at: number): T[][] {
  const parts: T[][] = [];
  for (let i = 0; i < values.length; i += at) parts.push(values.slice(i, i + at));
  return parts;
}

export const globalNormWebGpu = fusedKernel('HoneGlobalNorm', 'webgpu', ({ inputs, attrs, backend }) => {
  const gpu = gpuOf(backend);
  const parts = inTurn(Object.values(inputs), gpu.storageBindings - 1);
  const partials = gpu.make([parts.length * NORM_GROUPS]);
  parts.forEach((gradients, part) => {
    const each = range(gradients.length);
    gpu.run({
      key: `squares-${gradients.length}`,
      program: () => ({
        reads: each.map((j) => [`g${j}`, 'f32']),
        writes: [['partials', 'f32']],
        uniforms: [['first', 'u32'], ...each.map((j) => [`count${j}`, 'u32'] as const)],
        workgroup: [SIZE, 1, 1],
        declarations: sumOver(SIZE, 'f32'),
        body: /* wgsl */ `
  var own = 0.0;
  ${each.map((j) => `for (var i = id.x; i < u.count${j}; i += ${NORM_GROUPS * SIZE}u) { own += g${j}[i] * g${j}[i]; }`).join('\n  ')}
  let total = sum_over(own, lane);
  if (lane == 0u) { partials[u.first + group.x] = total; }`,
      }),
      reads: gradients,
      writes: [partials],
      uniforms: [part * NORM_GROUPS, ...gradients.map(({ shape }) => sizeOf(shape))],
      groups: [NORM_GROUPS, 1, 1],
    });
  });
  const [norm, factor] = [gpu.make([]), gpu.make([])];
  gpu.run({
    key: 'norm',
    program: () => ({
      reads: [['partials', 'f32']],
      writes: [
        ['norm', 'f32'],
        ['factor', 'f32'],
      ],
      uniforms: [
        ['count', 'u32'],
        ['limit', 'f32'],
      ],
      workgroup: [SIZE, 1, 1],
      declarations: sumOver(SIZE, 'f32'),
      body: /* wgsl */ `
  var own = 0.0;
  for (var i = lane; i < u.count; i += ${SIZE}u) { own += partials[i]; }
  let total = sqrt(sum_over(own, lane));
  if (lane == 0u) {
    norm[0] = total;
    factor[0] = min(1.0, u.limit / (total + 1e-6));
  }`,
    }),
    reads: [partials],
    writes: [norm, factor],
    uniforms: [parts.length * NORM_GROUPS, attrs.limit],
    groups: [1, 1, 1],
  });
  gpu.free(partials);
  return [norm, factor];
});

export const adamWWebGpu = fusedKernel('HoneAdamW', 'webgpu', ({ inputs, attrs, backend }) => {
  const gpu = gpuOf(backend);
  const all = (letter: string): tf.TensorInfo[] =>
    range(attrs.count).map((i) => inputs[`${letter}${i}`] as tf.TensorInfo);
  const gradients = all('g');
  const [w, m, v] = [gpu.flatten(all('w')), gpu.flatten(all('m')), gpu.flatten(all('v'))];
  w.forEach(({ stretch, first, starts }, at) => {
    const written = [stretch, m[at]?.stretch ?? stretch, v[at]?.stretch ?? stretch];
    for (const part of inTurn(range(starts.length), gpu.storageBindings - written.length)) {
      let end = 0;
      const uniforms = part.flatMap((i) => {
        const count = sizeOf(gradients[first + i]?.shape ?? []);
        end += Math.ceil(count / (SIZE * EACH));
        return [
          starts[i] as number,
          count,
          end,
          attrs.decays[first + i] as number,
          attrs.rateScales[first + i] as number,
        ];
      });
      gpu.run({
        key: `adamw-${part.length}`,
        program: () => adamProgram(part.length),
        reads: part.map((i) => gradients[first + i] as tf.TensorInfo),
        writes: written,
        scalars: [inputs.factor as tf.TensorInfo, inputs.hyper as tf.TensorInfo],
        uniforms,
        groups: linear(gpu, end, 1),
      });
    }
  });
  return [];
});

/** A workgroup a stretch of one of `count` gradients. */
function adamProgram(count: number): ReturnType<Parameters<Gpu['run']>[0]['program']> {
  const each = range(count);
  return {
    reads: each.map((j) => [`g${j}`, 'f32']),
    writes: [
      ['w', 'f32'],
      ['m', 'f32'],
      ['v', 'f32'],
    ],
    scalars: [
      ['factor', 'f32'],
      ['hyper', 'vec3<f32>'],
    ],
    uniforms: each.flatMap(
      (j) =>
        [
          [`start${j}`, 'u32'],
          [`count${j}`, 'u32'],
          [`end${j}`, 'u32'],
          [`decay${j}`, 'f32'],
          [`scale${j}`, 'f32'],
        ] as const,
    ),
    workgroup: [SIZE, 1, 1],
    declarations: /* wgsl */ `
fn step(at: u32, gradient: f32, decay: f32, scale: f32) {
  let g = gradient * factor;
  let first = m[at] * ${BETA1} + g * ${1 - BETA1};
  let second = v[at] * ${BETA2} + g * g * ${1 - BETA2};
  let rate = hyper.x * scale;
  m[at] = first;
  v[at] = second;
  w[at] = w[at] * (1.0 - rate * decay) - first / (sqrt(second / hyper.z) + ${ADAM_EPSILON}) * (rate / hyper.y);
}`,
    body: /* wgsl */ `
  let part = group.y * groups.x + group.x;
  ${each
    .map((j) => {
      const before = j === 0 ? '0u' : `u.end${j - 1}`;
      return `if (part < u.end${j}) {
    let start = (part - ${before}) * ${SIZE * EACH}u + lane;
    let stop = min(start + ${SIZE * EACH}u, u.count${j});
    for (var i = start; i < stop; i += ${SIZE}u) { step(u.start${j} + i, g${j}[i], u.decay${j}, u.scale${j}); }
    return;
  }`;
    })
    .join('\n  ')}`,
  };
}
