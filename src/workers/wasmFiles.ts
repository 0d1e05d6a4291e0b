/** The WebAssembly of TensorFlow.js and of our own kernels, as the bundler serves it. */

import plain from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.wasm?url';
import plainShared from '../engine/backend/kernels/wasm/build/plain-shared.wasm?url';
import plainSingle from '../engine/backend/kernels/wasm/build/plain-single.wasm?url';
import relaxedShared from '../engine/backend/kernels/wasm/build/relaxed-shared.wasm?url';
import relaxedSingle from '../engine/backend/kernels/wasm/build/relaxed-single.wasm?url';
import type { NativeVariant } from '../engine/backend/kernels/wasm/native';
import type { HelperStart } from '../engine/backend/kernels/wasm/nativeModule';
import type { WasmFiles } from '../engine/backend/start';

const PATHS: Record<string, string> = {
  'tfjs-backend-wasm.wasm': plain,
  'tfjs-backend-wasm-simd.wasm': simd,
  'tfjs-backend-wasm-threaded-simd.wasm': threaded,
};

const KERNELS: Readonly<Record<NativeVariant, string>> = {
  'relaxed-shared': relaxedShared,
  'relaxed-single': relaxedSingle,
  'plain-shared': plainShared,
  'plain-single': plainSingle,
};

/** A thread that is not there by then is done without. */
const HELPER_START_MS = 5000;

export const WASM: WasmFiles = {
  paths: PATHS,
  kernels: {
    async read(variant) {
      const response = await fetch(KERNELS[variant]);
      if (!response.ok) throw new Error(`the file of the ${variant} kernels could not be read`);
      return response.arrayBuffer();
    },
    spawn(start: HelperStart) {
      const helper = new Worker(new URL('./kernel.worker.ts', import.meta.url), { type: 'module' });
      return new Promise((resolve, reject) => {
        const fail = (): void => {
          helper.terminate();
          reject(new Error('a helper thread did not start'));
        };
        const patience = setTimeout(fail, HELPER_START_MS);
        helper.onmessage = ({ data }: MessageEvent<string>) => {
          clearTimeout(patience);
          if (data === 'ready') resolve();
          else fail();
        };
        helper.onerror = fail;
        helper.postMessage(start);
      });
    },
  },
};
