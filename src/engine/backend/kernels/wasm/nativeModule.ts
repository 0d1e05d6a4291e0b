/**
 * The module as a thread starts it. Helper threads load this file alone: they need neither TensorFlow.js nor the words
 * for errors, and there may be several of them.
 */

/** What a helper thread needs to serve; see `serveNative`. */
export interface HelperStart {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  control: number;
  thread: number;
}

/** As numbered in assembly/index.ts. */
export const JOBS = [
  'packB',
  'matmul',
  'columnSum',
  'activate',
  'times',
  'norm',
  'normGrad',
  'normColumnsGrad',
  'attend',
  'attendGrad',
  'crossEntropy',
  'embed',
  'fill',
  'scatterAdd',
  'dropout',
  'mean',
  'meanGrad',
  'squares',
  'adam',
  'gate',
  'gateGrad',
  'rms',
  'rmsGrad',
  'rmsColumnsGrad',
  'rotate',
  'crossEntropyGrad',
  'unpack',
] as const;
export type Job = (typeof JOBS)[number];

/** Words of the control block (assembly/index.ts) that both sides of a job read. */
export const CONTROL_BYTES = 256;
/** Counts the helper threads that failed. */
export const FAILED = 6;

export interface NativeExports {
  /** 0 when helpers have not finished: `settle` until it is 1. */
  dispatch(control: number, job: number, chunks: number): number;
  settle(control: number, chunks: number): number;
  serve(control: number, thread: number): void;
  attentionBytes(block: number, keys: number, size: number): number;
  matmulBytes(rows: number): number;
  JOB_COUNT: WebAssembly.Global;
}

/** @throws when the build is not the one this file was written for, or cannot be instantiated */
export async function instantiate(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Promise<NativeExports> {
  const instance = await WebAssembly.instantiate(module, imports(memory));
  const exports = instance.exports as unknown as NativeExports;
  const { value } = exports.JOB_COUNT;
  if (value !== JOBS.length) throw new Error(`the kernels know ${value} jobs, not ${JOBS.length}`);
  return exports;
}

function imports(memory: WebAssembly.Memory): WebAssembly.Imports {
  return { env: { memory, log: Math.log } };
}

/** A helper thread's work, until it is terminated or fails; calls `ready` when it is about to begin. */
export async function serveNative(
  { module, memory, control, thread }: HelperStart,
  ready: () => void,
): Promise<void> {
  const { serve } = await instantiate(module, memory);
  ready();
  try {
    serve(control, thread);
  } catch (error) {
    // What it had begun stays undone: the engine's thread waits for it, and reads here that it need not.
    Atomics.add(new Int32Array(memory.buffer, control, CONTROL_BYTES / 4), FAILED, 1);
    throw error;
  }
}
