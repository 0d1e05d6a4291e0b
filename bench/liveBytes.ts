/** The most bytes that TensorFlow.js's tensors held at once: what a perfect plan of memory would take. */
import * as tf from '@tensorflow/tfjs-core';

let live = 0;
let most = 0;

/** Counts values, not tensors: a reshaped tensor shares them. */
export function watchTensors(): void {
  const engine = tf.engine();
  const track = engine.trackTensor.bind(engine);
  const forget = engine.removeDataId.bind(engine);
  const sizes = new WeakMap<object, number>();
  engine.trackTensor = (tensor, backend) => {
    track(tensor, backend);
    if (sizes.has(tensor.dataId)) return;
    const bytes = tensor.size * tf.util.bytesPerElement(tensor.dtype);
    sizes.set(tensor.dataId, bytes);
    live += bytes;
    most = Math.max(most, live);
  };
  engine.removeDataId = (dataId, backend) => {
    forget(dataId, backend);
    live -= sizes.get(dataId) ?? 0;
    sizes.delete(dataId);
  };
}

export function mostLiveBytes(): number {
  return most;
}
