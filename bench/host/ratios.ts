/** The figures that say at a glance where Hone stands; null where this run did not measure both sides. */
import { R1, stepFlop } from '../../src/engine/bench/r1';
import { isReference } from './matmul';
import type { Results } from './results';

type Measured = Pick<Results, 'r1' | 'r2' | 'matmul' | 'counters'>;

const over = (a: number | null | undefined, b: number | null | undefined): number | null =>
  a && b ? a / b : null;

/** GFLOP/s of the fastest WASM product of the run. */
export function bestWasmRate(matmul: Measured['matmul']): number | null {
  const rates = matmul.flatMap(({ gflops }) =>
    Object.entries(gflops).flatMap(([name, rate]) => (name.endsWith(' wasm') ? (rate ?? []) : [])),
  );
  return rates.length > 0 ? Math.max(...rates) : null;
}

export function ratiosOf({ r1, r2, matmul, counters }: Measured): Results['ratios'] {
  const step = (rows: Measured['r1'], name: string) => rows.find((row) => row.name === name);
  const ms = (rows: Measured['r1'], name: string) => step(rows, name)?.ms;
  const reference = matmul.find(isReference)?.gflops ?? {};
  const best = bestWasmRate(matmul);
  const bound = best === null ? null : stepFlop(R1) / best / 1e6;
  const [hone, stock] = ['hone', 'stock'].map((name) => counters.find((row) => row.name === name));
  const gpu = step(r1, 'hone webgpu');
  return {
    r1_wasm: over(ms(r1, 'stock wasm'), ms(r1, 'hone wasm')),
    r1_webgpu: over(ms(r1, 'stock webgpu'), ms(r1, 'hone webgpu')),
    matmul_wasm_vs_xnnpack: over(reference['hone wasm'], reference['stock wasm']),
    matmul_wasm_vs_jaxjs: over(reference['hone wasm'], reference['jax wasm']),
    r1_matmul_bound: over(ms(r1, 'hone wasm'), bound),
    r1_dispatches: hone?.dispatches ?? null,
    r1_submits: hone?.submits ?? null,
    r1_buffers: hone?.buffers ?? null,
    r1_host: over(hone?.hostMs, stock?.hostMs),
    r1_memory: over(gpu?.peakBytes, gpu?.liveBytes),
    r2_lora: over(ms(r2, 'hone wasm lora'), ms(r2, 'hone wasm full')),
    r3_layerwise: over(ms(r2, 'hone wasm layerwise'), ms(r2, 'hone wasm full')),
  };
}
