/** WebAssembly in a browser as the app starts it, by three threads whatever the machine has. */
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { WASM } from '../../workers/wasmFiles';
import { nativeOf } from '../backend/kernels/wasm/native';
import { startBackend } from '../backend/start';

const THREADS = 3;

/** Starts the kernels' build with relaxed SIMD on shared memory, and fails where another one starts. */
export async function startThreads(): Promise<void> {
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: THREADS, configurable: true });
  await startBackend({ choice: 'wasm', wasm: WASM });
  expect(nativeOf(tf.backend())).toMatchObject({ variant: 'relaxed-shared', threads: THREADS });
}
