/** Cross-entropy with its gradient: one workgroup, a thread a row at a time, so that the mean needs no second pass. */
import { fusedKernel } from '../contract';
import { gpuOf } from './gpu';

const SIZE = 64;

export const crossEntropyWebGpu = fusedKernel(
  'HoneCrossEntropy',
  'webgpu',
  ({ inputs: { logits, labels }, backend }) => {
    const gpu = gpuOf(backend);
    const [rows, classes] = logits.shape as [number, number];
    const [loss, dlogits] = [gpu.make([]), gpu.make(logits.shape)];
    gpu.run({
      key: 'cross-entropy',
      program: () => ({
        reads: [
          ['logits', 'f32'],
          ['labels', 'i32'],
        ],
        writes: [
          ['loss', 'f32'],
          ['dlogits', 'f32'],
        ],
        uniforms: [
          ['rows', 'u32'],
          ['classes', 'u32'],
        ],
        workgroup: [SIZE, 1, 1],
        declarations: `var<workgroup> losses: array<f32, ${SIZE}>;`,
        body: /* wgsl */ `
  var own = 0.0;
  for (var row = lane; row < u.rows; row += ${SIZE}u) {
    let at = row * u.classes;
    var top = logits[at];
    for (var c = 1u; c < u.classes; c++) { top = max(top, logits[at + c]); }
    var total = 0.0;
    for (var c = 0u; c < u.classes; c++) { total += exp(logits[at + c] - top); }
    let target_class = u32(labels[row]);
    for (var c = 0u; c < u.classes; c++) {
      let p = exp(logits[at + c] - top) / total;
      dlogits[at + c] = (p - f32(c == target_class)) / f32(u.rows);
    }
    own += log(total) - (logits[at + target_class] - top);
  }
  losses[lane] = own;
  workgroupBarrier();
  if (lane == 0u) {
    var sum = 0.0;
    for (var i = 0u; i < ${SIZE}u; i++) { sum += losses[i]; }
    loss[0] = sum / f32(u.rows);
  }`,
      }),
      reads: [logits, labels],
      writes: [loss, dlogits],
      uniforms: [rows, classes],
      groups: [1, 1, 1],
    });
    return [loss, dlogits];
  },
);
