/** Kernels we add to tfjs-wasm, one line each. */
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { unsortedSegmentSumWasm } from './unsortedSegmentSum';

export const WASM_KERNELS: readonly KernelConfig[] = [unsortedSegmentSumWasm];
