/** TensorFlow.js as it is published: nothing of Hone's in the page but, on WASM, the one kernel that it lacks. */
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { unsortedSegmentSumWasm } from '../../src/engine/backend/kernels/wasm/unsortedSegmentSum';
import { stockProduct } from '../../src/engine/bench/products';
import { createStockR1 } from '../../src/engine/bench/stockR1';
import { WASM } from '../../src/workers/wasmFiles';
import { watchGpu } from '../counters';
import type { Opening } from '../jobs';
import { watchTensors } from '../liveBytes';
import { serveJobs } from '../serveJobs';
import { createStockR2 } from './stockR2';
import { stepTimes, timeProducts } from './tensors';

async function start({ place, threads }: Opening): Promise<void> {
  if (place === 'webgpu') {
    watchGpu();
    await import('@tensorflow/tfjs-backend-webgpu');
  } else {
    setWasmPaths(WASM.paths);
    setThreadsCount(threads);
    tf.registerKernel(unsortedSegmentSumWasm);
  }
  if (!(await tf.setBackend(place))) throw new Error(`TensorFlow.js did not start on ${place}.`);
  await tf.ready();
  watchTensors();
}

serveJobs(async (opening) => {
  await start(opening);
  const { place } = opening;
  return {
    async r1({ shape, warmRows, ...repeats }) {
      if (warmRows !== undefined) {
        const small = createStockR1({ ...shape, rows: warmRows });
        await small.step();
        small.dispose();
      }
      const trainer = createStockR1(shape);
      return stepTimes(trainer.step, shape.rows * shape.length, place, repeats);
    },
    async r2({ method, rows, length, ...repeats }) {
      if (method !== 'full') throw new Error('Stock TensorFlow.js has full tuning only.');
      const step = await createStockR2(rows, length);
      return stepTimes(step, rows * length, place, repeats);
    },
    matmul: (params) => timeProducts(params, stockProduct),
  };
});
