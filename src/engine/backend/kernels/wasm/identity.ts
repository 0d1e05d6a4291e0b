/**
 * A copy that shares its values, as every other back end of TensorFlow.js makes it. tfjs-wasm copies them, and each
 * value that a gradient saves is an identity. Nothing but an optimizer step writes to a tensor's values.
 */
import { Identity, type KernelConfig, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';
import { wasmBackend } from './heap';

function kernel({ inputs: { x }, backend }: { inputs: { x: TensorInfo }; backend: unknown }): TensorInfo {
  wasmBackend(backend).incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
}

export const identityWasm: KernelConfig = {
  kernelName: Identity,
  backendName: 'wasm',
  kernelFunc: kernel as unknown as KernelFunc,
};
