/** Fills memory that holds nothing with NaN, so that a kernel which reads before it writes is found out. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { HoneWebGpuBackend } from '../backend/webgpu/backend';

/** Poisons between two steps; answers how many bytes. From then on, whatever WebAssembly allocates comes as NaN. */
export type Poison = () => number;

/** For the back end in force, which it watches from now on. */
export function poisonFor(): Poison {
  const backend = tf.backend();
  return 'idleStorage' in backend
    ? () => poisonGpu(backend as unknown as HoneWebGpuBackend)
    : poisonHeap(backend as unknown as BackendWasm);
}

function poisonGpu(gpu: HoneWebGpuBackend): number {
  gpu.submitQueue();
  let bytes = 0;
  for (const buffer of gpu.idleStorage) {
    gpu.queue.writeBuffer(buffer, 0, new Float32Array(buffer.size / 4).fill(Number.NaN));
    bytes += buffer.size;
  }
  return bytes;
}

interface Heap {
  HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/** Between steps only the kernels' scratch holds nothing: blocks taken since the watch began that are no tensor's. */
function poisonHeap(backend: BackendWasm): Poison {
  const heap = backend.wasm as unknown as Heap;
  const { _malloc, _free } = heap;
  const move = backend.move.bind(backend);
  const scratch = new Map<number, number>();
  let begun = false;
  let forTensor = false;
  const fill = (address: number, bytes: number): void => {
    new Float32Array(heap.HEAPU8.buffer, address, bytes >> 2).fill(Number.NaN);
  };
  backend.move = (...given) => {
    forTensor = true;
    move(...given);
    forTensor = false;
  };
  heap._malloc = (bytes) => {
    const address = _malloc(bytes) >>> 0;
    if (begun) fill(address, bytes);
    if (!forTensor) scratch.set(address, bytes);
    return address;
  };
  heap._free = (address) => {
    scratch.delete(address >>> 0);
    _free(address);
  };
  return () => {
    begun = true;
    for (const block of scratch) fill(...block);
    return [...scratch.values()].reduce((sum, bytes) => sum + bytes, 0);
  };
}
