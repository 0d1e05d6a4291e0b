/** A seed repeats a run on each back end that Node has; seeds.browser.test.ts does it with threads. */
import { beforeAll, describe, expect } from 'vitest';
import { startBackend } from '../backend/start';
import { provideGpu } from '../testing/gpu';
import { WASM } from '../testing/testModels';
import { seedSuite } from '../testing/testSeeds';

describe.each(['wasm', 'webgpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    if (backend === 'webgpu') await provideGpu();
    expect(await startBackend({ choice: backend, wasm: WASM })).toMatchObject({ id: backend });
  });

  // Seven steps for a software WebGPU, which records the second and replays the rest.
  seedSuite(backend === 'webgpu' ? { epochs: 1, evaluateEvery: 7 } : {});
});
