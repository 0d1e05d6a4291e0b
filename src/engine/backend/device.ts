/**
 * A WebGPU device of our own for TensorFlow.js: with the limits that our kernels use, and with handlers for what it
 * refuses and for its loss, which TensorFlow.js has none for.
 */
import * as tf from '@tensorflow/tfjs-core';

export interface GpuInfo {
  label: string;
  software: boolean;
}

/** Raised to what the adapter offers; the rest stays at WebGPU's defaults. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupsPerDimension',
] as const;

interface Opened {
  device: GPUDevice;
  lost: boolean;
  /** The first thing the GPU refused to do; from then on its results cannot be trusted. */
  refusal: string | null;
}

let opened: Opened | null = null;

/** Null where the browser offers no adapter. */
export async function findGpu(): Promise<GpuInfo | null> {
  const adapter = await requestAdapter();
  return adapter && infoOf(adapter);
}

/** Registers TensorFlow.js's 'webgpu' back end on a new device, unless there is a working one. */
export async function openDevice(): Promise<void> {
  if (opened && !opened.lost) return;
  const adapter = await requestAdapter();
  if (!adapter) throw new Error('the graphics adapter is gone');
  const { HoneWebGpuBackend } = await import('./webgpu/backend');
  const device = await adapter.requestDevice({
    requiredFeatures: adapter.features.has('timestamp-query') ? ['timestamp-query'] : [],
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  const state: Opened = { device, lost: false, refusal: null };
  opened = state;
  device.lost.then(() => {
    state.lost = true;
  });
  device.addEventListener('uncapturederror', (event) => {
    state.refusal ??= event.error.message;
  });
  // TensorFlow.js registers itself when loaded, with a device that has neither our limits nor our handlers.
  if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new HoneWebGpuBackend(device, adapter.info, infoOf(adapter).software));
}

/** The device in force, if the work runs on one. */
export function gpuDevice(): GPUDevice | null {
  return tf.engine().backendName === 'webgpu' ? (opened?.device ?? null) : null;
}

export function gpuRefusal(): string | null {
  return opened?.refusal ?? null;
}

async function requestAdapter(): Promise<GPUAdapter | null> {
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
  return (await gpu?.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null)) ?? null;
}

function infoOf({ info }: GPUAdapter): GpuInfo {
  const { vendor, architecture, description, device, isFallbackAdapter } = info;
  const words = [vendor, architecture, description || device].filter(Boolean).join(' ');
  const software = isFallbackAdapter || /swiftshader|llvmpipe|software/i.test(words);
  return { label: words || 'graphics card', software };
}
