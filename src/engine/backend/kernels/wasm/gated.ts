/** Gated activations, row by row: gate and up may lie side by side in one tensor. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { ACTIVATIONS, fusedKernel } from '../contract';
import { type Native, nativeOf } from './native';
import { VALUES_PER_CHUNK } from './values';

/** Rows, values of each half, and values from one row of gate to the next. */
function sizesOf({ gate, up }: { gate: TensorInfo; up?: TensorInfo | undefined }) {
  const [rows, step] = gate.shape as [number, number];
  const width = up ? step : step / 2;
  const each = Math.ceil(VALUES_PER_CHUNK / width);
  return { rows, width, step, each, chunks: Math.ceil(rows / each) };
}

/** Where the two halves begin. */
function halves(native: Native, first: TensorInfo, second: TensorInfo | undefined, width: number): number[] {
  return [native.at(first), second ? native.at(second) : native.at(first) + 4 * width];
}

export const gatedWasm = fusedKernel('HoneGated', 'wasm', ({ inputs, attrs, backend }) => {
  const native = nativeOf(backend);
  const { rows, width, step, each, chunks } = sizesOf(inputs);
  const y = native.output([rows, width]);
  native.run('gate', chunks, [
    ...halves(native, inputs.gate, inputs.up, width),
    native.at(y),
    rows,
    width,
    step,
    each,
    ACTIVATIONS.indexOf(attrs.activation),
  ]);
  return [y];
});

export const gatedGradWasm = fusedKernel('HoneGatedGrad', 'wasm', ({ inputs, attrs, backend }) => {
  const native = nativeOf(backend);
  const { dy, gate, up } = inputs;
  const { rows, width, step, each, chunks } = sizesOf(inputs);
  const [dgate, dup] = [native.output(gate.shape), up ? native.output(up.shape) : undefined];
  native.run('gateGrad', chunks, [
    native.at(dy),
    ...halves(native, gate, up, width),
    ...halves(native, dgate, dup, width),
    rows,
    width,
    step,
    each,
    ACTIVATIONS.indexOf(attrs.activation),
  ]);
  return dup ? [dgate, dup] : [dgate];
});
