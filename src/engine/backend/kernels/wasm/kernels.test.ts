/** The WebAssembly kernels against float64. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect } from 'vitest';
import { WASM } from '../../../testing/testModels';
import { startBackend } from '../../start';
import { kernelSuite } from '../testKernels';
import { nativeOf } from './native';

beforeAll(async () => {
  await startBackend({ choice: 'wasm', wasm: WASM });
  expect(nativeOf(tf.backend()).variant).toMatch(/single$/);
});

kernelSuite();
