/**
 * UnsortedSegmentSum for tfjs-wasm, which lacks it: the gradient of an embedding look-up.
 * out[s] = Σ x[i] over segmentIds[i] = s; ids outside [0, numSegments) are ignored, as in tfjs-core's CPU kernel.
 * Sums run in row order, so the result is the same on every run.
 */
import {
  type KernelConfig,
  type KernelFunc,
  type TensorInfo,
  UnsortedSegmentSum,
  type UnsortedSegmentSumAttrs,
} from '@tensorflow/tfjs-core';
import { heapOutput, heapView, wasmBackend } from './heap';

function kernel(args: {
  inputs: { x: TensorInfo; segmentIds: TensorInfo };
  attrs: UnsortedSegmentSumAttrs;
  backend: unknown;
}): TensorInfo {
  const { x, segmentIds } = args.inputs;
  const { numSegments } = args.attrs;
  const backend = wasmBackend(args.backend);
  const width = x.shape.slice(segmentIds.shape.length).reduce((a, b) => a * b, 1);
  const out = heapOutput(backend, [numSegments, ...x.shape.slice(segmentIds.shape.length)], x.dtype);
  const sums = heapView(backend, out);
  const values = heapView(backend, x);
  const ids = heapView(backend, segmentIds);
  sums.fill(0);
  for (let i = 0; i < ids.length; i++) {
    const segment = ids[i] as number;
    if (segment < 0 || segment >= numSegments) continue;
    const to = segment * width;
    const from = i * width;
    for (let j = 0; j < width; j++) sums[to + j] = (sums[to + j] as number) + (values[from + j] as number);
  }
  return out;
}

export const unsortedSegmentSumWasm: KernelConfig = {
  kernelName: UnsortedSegmentSum,
  backendName: 'wasm',
  kernelFunc: kernel as unknown as KernelFunc,
};
