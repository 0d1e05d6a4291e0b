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
  'gelu',
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
] as const;
export type Job = (typeof JOBS)[number];

export interface NativeExports {
  dispatch(control: number, job: number, chunks: number): void;
  serve(control: number, thread: number): void;
  attentionBytes(length: number, size: number): number;
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

/** A helper thread's work, until it is terminated; calls `ready` when it is about to begin. */
export async function serveNative(
  { module, memory, control, thread }: HelperStart,
  ready: () => void,
): Promise<void> {
  const { serve } = await instantiate(module, memory);
  ready();
  serve(control, thread);
}
