/** What tensors take on WebAssembly's heap while something runs: TensorFlow.js counts a tensor and its clone twice. */
import * as tf from '@tensorflow/tfjs-core';

/** The parts of BackendWasm through which every tensor's memory is taken and given back. */
interface Heap {
  dataIdMap: { get(id: tf.DataId): { shape: number[] }; has(id: tf.DataId): boolean };
  move(id: tf.DataId, values: tf.BackendValues, shape: number[], ...rest: unknown[]): void;
  disposeData(id: tf.DataId, force?: boolean): boolean;
}

const bytesOf = (shape: readonly number[]): number => 4 * tf.util.sizeFromShape([...shape]);

/** Bytes more than at the start, after each tensor that `work` makes. */
export function bytesAlong(work: () => void): number[] {
  const heap = tf.backend() as unknown as Heap;
  const { move, disposeData } = heap;
  const along: number[] = [];
  let taken = 0;
  heap.move = (id, values, shape, ...rest) => {
    move.call(heap, id, values, shape, ...rest);
    taken += bytesOf(shape);
    along.push(taken);
  };
  heap.disposeData = (id, force) => {
    const bytes = heap.dataIdMap.has(id) ? bytesOf(heap.dataIdMap.get(id).shape) : 0;
    const gone = disposeData.call(heap, id, force);
    if (!heap.dataIdMap.has(id)) taken -= bytes;
    return gone;
  };
  try {
    work();
  } finally {
    Object.assign(heap, { move, disposeData });
  }
  return along;
}
