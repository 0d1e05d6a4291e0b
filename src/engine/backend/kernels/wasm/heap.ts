/** The few tfjs-wasm internals our kernels need: typed views of tensors on its heap, without copies. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

export function wasmBackend(backend: unknown): BackendWasm {
  return backend as BackendWasm;
}

/** View of a tensor's values on the heap; valid until the next allocation. */
export function heapView(backend: BackendWasm, tensor: TensorInfo): Float32Array | Int32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array | Int32Array;
}

export function heapOutput(backend: BackendWasm, shape: number[], dtype: DataType): TensorInfo {
  return backend.makeOutput(shape, dtype);
}
