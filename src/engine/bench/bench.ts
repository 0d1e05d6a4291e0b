/** Hone beside TensorFlow.js as published, on the machine at hand: R1 and a few products, wherever it can compute. */
import type { BackendChoice } from '../backend/start';
import { onStock } from '../backend/stock';
import type { BenchEvent, BenchRow } from '../core/benchmark';
import type { BackendInfo } from '../core/events';
import { createHoneR1 } from './honeR1';
import { honeProduct, type Product, stockProduct, timeTensorProduct } from './products';
import { type MatMulShape, matMulFlop, R1, type R1Trainer } from './r1';
import { createStockR1 } from './stockR1';
import { median, timeRuns } from './timing';

const PLACES = ['wasm', 'webgpu'] as const;

/** Few enough for a minute on a usual machine. Hone's first two steps settle and record. */
const HONE_TIMES = { warmup: 4, leastWarmup: 2, steps: 9, enoughMs: 1500 };
const STOCK_TIMES = { warmup: 2, leastWarmup: 1, steps: 3, enoughMs: 1500 };
const PRODUCT_TIMES = { roundMs: 80, rounds: 3 };

const LARGE = { m: 512, k: 1024, n: 256, batch: 1, count: 0 };
const PRODUCTS: readonly (MatMulShape & { name: string })[] = [
  { ...LARGE, transposeA: false, transposeB: false, name: 'A·B, 512 × 1024 by 1024 × 256' },
  { ...LARGE, transposeA: false, transposeB: true, name: 'A·Bᵀ, 512 × 1024 by 256 × 1024' },
  { ...LARGE, transposeA: true, transposeB: false, name: 'Aᵀ·B, 1024 × 512 by 1024 × 256' },
];

interface Task {
  label: string;
  measure(): Promise<Omit<BenchRow, 'place'>>;
}

async function stepMs(create: typeof createHoneR1, times: typeof HONE_TIMES): Promise<number> {
  const trainer: R1Trainer = create(R1);
  try {
    return median(await timeRuns(trainer.step, times));
  } finally {
    trainer.dispose();
  }
}

async function rate(product: Product, shape: MatMulShape): Promise<number> {
  const ms = await timeTensorProduct(product, shape, PRODUCT_TIMES);
  return ms === null ? Number.NaN : matMulFlop(shape) / ms / 1e6;
}

const TASKS: readonly Task[] = [
  ...PRODUCTS.map((shape) => ({
    label: `Multiplying: ${shape.name}`,
    measure: async () => ({
      work: shape.name,
      unit: 'GFLOP/s' as const,
      hone: await rate(honeProduct, shape),
      stock: await onStock(() => rate(stockProduct, shape)),
    }),
  })),
  {
    label: 'Training a small model',
    measure: async () => ({
      work: 'A training step',
      unit: 'ms' as const,
      hone: await stepMs(createHoneR1, HONE_TIMES),
      stock: await onStock(() => stepMs(createStockR1, STOCK_TIMES)),
    }),
  },
];

const PLACE_NAMES = { wasm: 'processor', webgpu: 'graphics card' } as const;

/** `start` puts a back end in force, or another where there is none such. */
export async function* benchmark(
  start: (choice: BackendChoice) => Promise<BackendInfo>,
): AsyncGenerator<BenchEvent, void> {
  const total = PLACES.length * TASKS.length;
  let done = 0;
  for (const place of PLACES) {
    const info = await start(place);
    const isThere = info.id === place;
    yield { type: 'place', place, adapter: isThere ? info.adapter : null, reason: info.reason };
    for (const { label, measure } of isThere ? TASKS : []) {
      yield { type: 'progress', label: `${label} (${PLACE_NAMES[place]})`, done, total };
      yield { type: 'row', row: { place, ...(await measure()) } };
      done++;
    }
  }
}
