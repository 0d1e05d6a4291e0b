/**
 * Chooses where the model runs, proves it with a self-test, and tells why. A real GPU → WebGPU; none, or only
 * a software one → WebAssembly (SwiftShader is an order slower than WASM).
 */
import { type BackendWasm, setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { EngineError } from '../core/errors';
import type { BackendInfo } from '../core/events';
import type { Storage } from '../core/storage';
import { findGpu, type GpuInfo, gpuDevice, gpuRefusal, openDevice } from './device';
import { registerPlainKernels } from './kernels/plain';
import { type NativeFiles, startNative } from './kernels/wasm/native';
import { NATIVE_KERNELS, WASM_KERNELS } from './kernels/wasm/registry';
import { gpuOf } from './kernels/webgpu/gpu';
import { WEBGPU_KERNELS } from './kernels/webgpu/registry';
import { rememberChoices } from './kernels/webgpu/tune';
import { selfTest } from './selfTest';
import './tfjs';
import type { HoneWebGpuBackend } from './webgpu/backend';

export type BackendChoice = 'auto' | 'webgpu' | 'wasm';

export interface StartOptions {
  choice: BackendChoice;
  wasm: WasmFiles;
  /** Where what is measured of this machine is remembered. */
  storage?: Storage;
  /** Why this place, where it was not chosen by hand. */
  reason?: string;
  /** Called once if the GPU device goes away. */
  onDeviceLost?: (reason: string) => void;
}

export interface WasmFiles {
  /** Folder URL or file paths of tfjs-backend-wasm's .wasm files. */
  paths: string | Record<string, string>;
  /** Our own kernels. */
  kernels: NativeFiles;
}

interface WasmKernels {
  threads: number;
  /** Why our own kernels do not run, or null when they do. */
  slow: string | null;
}

let registered = false;
/** What computes on WebAssembly, once it was started: a later start of it finds the same kernels registered. */
let kernels: WasmKernels | null = null;

/** @throws no-backend when neither back end passes the self-test. */
export async function startBackend(options: StartOptions): Promise<BackendInfo> {
  if (!registered) {
    setWasmPaths(options.wasm.paths);
    for (const kernel of WASM_KERNELS) {
      if (tf.getKernel(kernel.kernelName, 'wasm')) tf.unregisterKernel(kernel.kernelName, 'wasm');
      tf.registerKernel(kernel);
    }
    for (const kernel of WEBGPU_KERNELS) tf.registerKernel(kernel);
    registerPlainKernels('webgpu');
    registered = true;
  }
  const gpu = options.choice === 'wasm' ? null : await findGpu();
  const wanted = wantsGpu(options.choice, gpu);
  if (wanted.gpu && gpu) {
    const { onDeviceLost, storage } = options;
    const failure = await tryStart('webgpu', onDeviceLost, async () => {
      if (storage) await rememberChoices(gpuOf(tf.backend()), storage, gpu.label);
    });
    if (failure === null) {
      return { id: 'webgpu', adapter: gpu.label, reason: options.reason ?? wanted.reason, threads: 0 };
    }
    return startWasm(options.wasm, `WebGPU was tried first and failed its self-test (${failure}).`);
  }
  return startWasm(options.wasm, options.reason ?? wanted.reason);
}

function wantsGpu(choice: BackendChoice, gpu: GpuInfo | null): { gpu: boolean; reason: string } {
  if (choice === 'wasm') return { gpu: false, reason: 'The CPU was chosen by hand.' };
  if (!gpu) {
    const why = 'This browser offers no WebGPU here, so the CPU is used.';
    return { gpu: false, reason: choice === 'webgpu' ? `WebGPU was asked for. ${why}` : why };
  }
  if (choice === 'webgpu') {
    return {
      gpu: true,
      reason: `WebGPU was chosen by hand${gpu.software ? ' (a software adapter: slow)' : ''}.`,
    };
  }
  if (gpu.software) {
    return { gpu: false, reason: 'Only a software WebGPU adapter was found; the CPU is faster.' };
  }
  return { gpu: true, reason: 'A graphics card was found.' };
}

async function startWasm(files: WasmFiles, reason: string): Promise<BackendInfo> {
  const cores = globalThis.navigator?.hardwareConcurrency ?? 1;
  const threads = globalThis.crossOriginIsolated ? Math.min(cores, 8) : 1;
  if (threads > 1 && tf.engine().backendName !== 'wasm') setThreadsCount(threads);
  const start = (): Promise<string | null> =>
    tryStart('wasm', undefined, async () => {
      kernels ??= await registerNative(files.kernels, threads);
    });
  let failure = await start();
  if (failure !== null && kernels?.slow === null) {
    kernels = { threads, slow: `they failed the self-test: ${failure}` };
    for (const { kernelName } of NATIVE_KERNELS) tf.unregisterKernel(kernelName, 'wasm');
    registerPlainKernels('wasm');
    failure = await start();
  }
  if (failure !== null || kernels === null) {
    throw new EngineError({
      code: 'no-backend',
      message: `Neither WebGPU nor WebAssembly passed the self-test (${failure}).`,
      hint: 'Use a current Chrome, Edge, Firefox or Safari, and allow WebAssembly.',
    });
  }
  // What the graphics card was used for before is freed by now.
  (tf.findBackend('webgpu') as HoneWebGpuBackend | null)?.trim();
  const single =
    globalThis.crossOriginIsolated === false
      ? ' One thread only: the page is not cross-origin isolated (serve it with COOP and COEP headers).'
      : '';
  const slow =
    kernels.slow === null
      ? ''
      : ` Hone’s own kernels do not run here (${kernels.slow}), so it is much slower.`;
  return {
    id: 'wasm',
    adapter: `CPU, ${kernels.threads} ${kernels.threads === 1 ? 'thread' : 'threads'}`,
    reason: reason + single + slow,
    threads: kernels.threads,
  };
}

/** Our own kernels where they run; their plain forms where not, which is slow and right. */
async function registerNative(files: NativeFiles, threads: number): Promise<WasmKernels> {
  const started = await startNative(tf.backend() as BackendWasm, files, threads);
  if ('native' in started) {
    for (const kernel of NATIVE_KERNELS) tf.registerKernel(kernel);
  }
  registerPlainKernels('wasm');
  return 'native' in started
    ? { threads: started.native.threads, slow: null }
    : { threads, slow: started.reason };
}

/** Null on success, else the reason. */
async function tryStart(
  id: 'webgpu' | 'wasm',
  onDeviceLost?: StartOptions['onDeviceLost'],
  prepare?: () => Promise<void>,
): Promise<string | null> {
  try {
    if (id === 'webgpu') await openDevice();
    if (!(await tf.setBackend(id))) return 'it did not start';
    await tf.ready();
    await prepare?.();
    watchDevice(onDeviceLost);
    const failure = await selfTest();
    await gpuDevice()?.queue.onSubmittedWorkDone();
    return failure ?? (id === 'webgpu' ? gpuRefusal() : null);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const watched = new WeakSet<GPUDevice>();

/** A device that nothing runs on any more may go: it is nobody's loss. */
function watchDevice(onDeviceLost: StartOptions['onDeviceLost']): void {
  const device = gpuDevice();
  if (!device || !onDeviceLost || watched.has(device)) return;
  watched.add(device);
  device.lost.then((info) => {
    if (gpuDevice() === device) onDeviceLost(info.message || info.reason || 'unknown');
  });
}

/** The place where tensors are made now. */
export function backendInForce(): string {
  return tf.getBackend();
}

/**
 * A refused GPU command leaves its output as it was, without an exception: a run would go on with wrong numbers.
 * @throws gpu-refused
 */
export function assertTrustworthy(): void {
  const refusal = gpuRefusal();
  if (refusal === null || !gpuDevice()) return;
  throw new EngineError({
    code: 'gpu-refused',
    message: `The graphics card refused part of the work: ${refusal.split('\n')[0]}`,
    hint: 'Choose the CPU under “Where the model runs” and start again; your data and settings are kept.',
  });
}

/** Whether the GPU device is gone, or goes within this time: failures of its work may arrive before the news. */
export async function deviceIsLost(withinMs: number): Promise<boolean> {
  const device = gpuDevice();
  if (!device) return false;
  const patience = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), withinMs));
  return Promise.race([device.lost.then(() => true), patience]);
}

/** Gives the GPU device up as the system would; lets a test prove that a run survives it. */
export function loseDevice(): void {
  gpuDevice()?.destroy();
}

/** Bytes the back end holds now: the WASM heap, or the GPU's buffers. */
export function backendBytes(): number {
  const backend = tf.backend() as unknown as { wasm?: { HEAPU8: Uint8Array } };
  if (backend.wasm) return backend.wasm.HEAPU8.byteLength;
  const memory = tf.memory() as { numBytesAllocatedInGPU?: number; numBytes: number };
  return memory.numBytesAllocatedInGPU ?? memory.numBytes;
}

/** Bytes of all tensors there are. */
export function tensorBytes(): number {
  return tf.memory().numBytes;
}

/** The longest buffer that a kernel may use; null on the processor, where any length will do. */
export function bufferLimit(): number | null {
  const limits = gpuDevice()?.limits;
  return limits ? Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize) : null;
}
