/** The built-in model's sentence vectors by onnxruntime-web, from the ONNX file that bench/onnx_model.py makes. */
import { timeRuns } from '../../src/engine/bench/timing';
import type { Opening } from '../jobs';
import { serveJobs } from '../serveJobs';
import { textsOf } from './builtIn';

const VOCABULARY = 20_000;

/** What is used of onnxruntime-web, which only the bench installs (bench/package.json). */
interface OrtTensor {
  data: Float32Array;
  dispose(): void;
}
interface Ort {
  env: { wasm: { numThreads: number; wasmPaths: string } };
  Tensor: new (type: 'int64' | 'float32', data: BigInt64Array | Float32Array, dims: number[]) => OrtTensor;
  InferenceSession: {
    create(
      url: string,
      options: { executionProviders: string[]; graphOptimizationLevel: 'all' },
    ): Promise<{ run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>> }>;
  };
}

async function loadOrt({ threads }: Opening): Promise<Ort> {
  const address = '/ort/ort.wasm.min.mjs';
  const ort = (await import(/* @vite-ignore */ address)) as Ort;
  ort.env.wasm.wasmPaths = new URL('/ort/', self.location.origin).href;
  ort.env.wasm.numThreads = threads;
  return ort;
}

serveJobs(async (opening) => {
  const ort = await loadOrt(opening);
  const session = await ort.InferenceSession.create('/onnx/minilm.onnx', {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
  });
  return {
    async inference({ rows, length, ...times }) {
      const texts = textsOf(rows, length, VOCABULARY);
      let vectors: number[] = [];
      const read = async (): Promise<void> => {
        const ids = BigInt64Array.from(texts.flatMap((text) => Array.from(text.ids, BigInt)));
        const feeds = {
          ids: new ort.Tensor('int64', ids, [rows, length]),
          mask: new ort.Tensor('float32', new Float32Array(rows * length).fill(1), [rows, length]),
        };
        const { vectors: result } = await session.run(feeds);
        if (!result) throw new Error('The ONNX model gave no vectors.');
        vectors = [...result.data];
      };
      const ms = await timeRuns(read, times);
      return { ms, vectors, tokens: rows * length };
    },
  };
});
