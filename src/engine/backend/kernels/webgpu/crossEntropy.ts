/** Cross-entropy and its gradient: a workgroup a row, so that a large vocabulary is read side by side. */
import { fusedKernel, IGNORED } from '../contract';
import { gpuOf, linear, ROW_INDEX } from './gpu';
import { sumOver } from './wgsl';

/** Threads a row, and threads that add up all rows. */
const ROW = 32;
const SIZE = 64;

const UNIFORMS = [
  ['rows', 'u32'],
  ['classes', 'u32'],
] as const;

export const crossEntropyWebGpu = fusedKernel(
  'HoneCrossEntropy',
  'webgpu',
  ({ inputs: { logits, labels }, backend }) => {
    const gpu = gpuOf(backend);
    const [rows, classes] = logits.shape as [number, number];
    const [loss, lse, share, losses] = [gpu.make([]), gpu.make([rows]), gpu.make([]), gpu.make([rows])];
    gpu.run({
      key: 'cross-entropy-rows',
      program: () => ({
        reads: [
          ['logits', 'f32'],
          ['labels', 'i32'],
        ],
        writes: [
          ['lse', 'f32'],
          ['losses', 'f32'],
        ],
        uniforms: UNIFORMS,
        workgroup: [ROW, 1, 1],
        declarations: `${sumOver(ROW, 'f32')} var<workgroup> tops: array<f32, ${ROW}>;`,
        body: /* wgsl */ `
  let row = min(${ROW_INDEX}, u.rows - 1u);
  let at = row * u.classes;
  var top = logits[at];
  for (var c = lane; c < u.classes; c += ${ROW}u) { top = max(top, logits[at + c]); }
  tops[lane] = top;
  workgroupBarrier();
  for (var i = 0u; i < ${ROW}u; i++) { top = max(top, tops[i]); }
  var own = 0.0;
  for (var c = lane; c < u.classes; c += ${ROW}u) { own += exp(max(logits[at + c] - top, -80.0)); }
  let beyond = log(sum_over(own, lane));
  if (lane == 0u) {
    lse[row] = top + beyond;
    let label = labels[row];
    let hit = logits[at + u32(clamp(label, 0, i32(u.classes) - 1))];
    losses[row] = select(beyond - (hit - top), 0.0, label == ${IGNORED});
  }`,
      }),
      reads: [logits, labels],
      writes: [lse, losses],
      uniforms: [rows, classes],
      groups: linear(gpu, rows, 1),
    });
    gpu.run({
      key: 'cross-entropy-mean',
      program: () => ({
        reads: [
          ['losses', 'f32'],
          ['labels', 'i32'],
        ],
        writes: [
          ['loss', 'f32'],
          ['share', 'f32'],
        ],
        uniforms: [['rows', 'u32']],
        workgroup: [SIZE, 1, 1],
        declarations: sumOver(SIZE, 'vec2<f32>'),
        body: /* wgsl */ `
  var own = vec2<f32>();
  for (var row = lane; row < u.rows; row += ${SIZE}u) {
    own += vec2<f32>(losses[row], f32(labels[row] != ${IGNORED}));
  }
  let total = sum_over(own, lane);
  if (lane == 0u) {
    loss[0] = total.x / max(total.y, 1.0);
    share[0] = min(total.y, 1.0) / max(total.y, 1.0);
  }`,
      }),
      reads: [losses, labels],
      writes: [loss, share],
      uniforms: [rows],
      groups: [1, 1, 1],
    });
    gpu.free(losses);
    return [loss, lse, share];
  },
);

export const crossEntropyGradWebGpu = fusedKernel(
  'HoneCrossEntropyGrad',
  'webgpu',
  ({ inputs: { dy, logits, labels, lse, share }, backend }) => {
    const gpu = gpuOf(backend);
    const [rows, classes] = logits.shape as [number, number];
    const dlogits = gpu.make(logits.shape);
    gpu.run({
      key: 'cross-entropy-grad',
      program: () => ({
        reads: [
          ['logits', 'f32'],
          ['labels', 'i32'],
          ['lse', 'f32'],
          ['dy', 'f32'],
          ['share', 'f32'],
        ],
        writes: [['dlogits', 'f32']],
        uniforms: UNIFORMS,
        workgroup: [ROW, 1, 1],
        body: /* wgsl */ `
  let row = min(${ROW_INDEX}, u.rows - 1u);
  let at = row * u.classes;
  let label = labels[row];
  let weight = dy[0] * share[0] * f32(label != ${IGNORED});
  for (var c = lane; c < u.classes; c += ${ROW}u) {
    let p = exp(clamp(logits[at + c] - lse[row], -80.0, 80.0));
    dlogits[at + c] = weight * (p - f32(i32(c) == label));
  }`,
      }),
      reads: [logits, labels, lse, dy, share],
      writes: [dlogits],
      uniforms: [rows, classes],
      groups: linear(gpu, rows, 1),
    });
    return [dlogits];
  },
);
