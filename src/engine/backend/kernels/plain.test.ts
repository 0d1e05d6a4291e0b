/** The plain forms against float64: where a browser runs none of our own kernels, these do the work. */
import { beforeAll, expect } from 'vitest';
import { WASM } from '../../testing/testModels';
import { startBackend } from '../start';
import { kernelSuite } from './testKernels';

beforeAll(async () => {
  const read = () => Promise.reject(new Error('no file'));
  const info = await startBackend({ choice: 'wasm', wasm: { ...WASM, kernels: { read } } });
  expect(info.reason).toContain('Hone’s own kernels do not run here (no file)');
});

kernelSuite();
