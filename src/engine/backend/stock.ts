/**
 * TensorFlow.js as it is published, for comparison. On WebGPU it gets a device and a back end of its own, as it makes
 * them itself, so that nothing of ours helps it or stands in its way; on WASM its operations are its own but for the
 * two of `WASM_KERNELS`, which only help it.
 */
import * as tf from '@tensorflow/tfjs-core';

const STOCK = 'webgpu-stock';

const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

/** Runs `work` on TensorFlow.js's own back end in the place that is in force, which is in force again afterwards. */
export async function onStock<T>(work: () => Promise<T>): Promise<T> {
  const ours = tf.engine().backendName;
  if (ours !== 'webgpu') return work();
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('the graphics adapter is gone');
  const device = await adapter.requestDevice({
    requiredFeatures: adapter.features.has('timestamp-query') ? ['timestamp-query'] : [],
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  tf.registerBackend(STOCK, () => new WebGPUBackend(device, adapter.info));
  tf.copyRegisteredKernels(ours, STOCK);
  try {
    await tf.setBackend(STOCK);
    return await work();
  } finally {
    await tf.setBackend(ours);
    for (const { kernelName } of tf.getKernelsForBackend(STOCK)) tf.unregisterKernel(kernelName, STOCK);
    tf.removeBackend(STOCK);
    device.destroy();
  }
}
