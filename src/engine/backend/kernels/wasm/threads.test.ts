/** The threaded build on a shared memory with real threads: the same bits by one thread as by three, every time. */
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { DataType, KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { transformWithOxc } from 'vite';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { random } from '../../../core/random';
import { attentionGradWasm, attentionWasm } from './attention';
import { scatterAddWasm } from './embedding';
import { gatedGradWasm } from './gated';
import { crossEntropyGradWasm, crossEntropyWasm } from './loss';
import { matMulWasm, weightGradWasm } from './matmul';
import { startNative } from './native';
import type { HelperStart } from './nativeModule';
import { layerNormGradWasm, layerNormWasm } from './norm';
import { rmsNormGradWasm, rmsNormWasm } from './rmsNorm';
import { rotateWasm } from './rotate';

/**
 * A thread that serves as kernel.worker.ts does. Cross-entropy asks the host for its logarithms, chunk by chunk:
 * there a thread may be made to end, or to fail, in the middle of its work.
 */
const SERVE = `
  import { parentPort, workerData } from 'node:worker_threads';
  const { start, ends } = workerData;
  if (ends === 'without a word') Math.log = () => process.exit();
  if (ends === 'in an error') Math.log = () => { throw new Error('broken'); };
  serveNative(start, () => parentPort.postMessage('ready')).catch(() => undefined);
`;
type Ending = 'without a word' | 'in an error';

const helpers: Worker[] = [];
let helperUrl: URL;

beforeAll(async () => {
  const file = 'src/engine/backend/kernels/wasm/nativeModule.ts';
  const { code } = await transformWithOxc(readFileSync(file, 'utf8'), file);
  helperUrl = new URL(`data:text/javascript,${encodeURIComponent(code + SERVE)}`);
});

const spawning =
  (ends?: Ending) =>
  (start: HelperStart): Promise<void> => {
    const helper = new Worker(helperUrl, { workerData: { start, ends } });
    helpers.push(helper);
    return new Promise((resolve, reject) => {
      helper.once('message', () => resolve());
      helper.once('error', reject);
    });
  };

/** As much of tfjs-wasm's back end as the kernels use, on a memory that threads may share; Node's own build is not. */
function sharedBackend(): BackendWasm {
  const memory = new WebAssembly.Memory({ initial: 1024, maximum: 65_536, shared: true });
  let next = 4096;
  const allocate = (bytes: number): number => {
    const address = next;
    next += Math.ceil(bytes / 64) * 64;
    return address;
  };
  const places = new Map<object, { memoryOffset: number }>();
  const backend = {
    wasm: { wasmMemory: memory, _malloc: allocate, _free: () => undefined },
    dataIdMap: places,
    makeOutput(shape: number[], dtype: DataType): TensorInfo {
      const dataId = {};
      places.set(dataId, { memoryOffset: allocate(4 * shape.reduce((a, b) => a * b, 1)) });
      return { dataId, shape, dtype };
    },
  };
  return backend as unknown as BackendWasm;
}

interface Machine {
  backend: BackendWasm;
  memory: WebAssembly.Memory;
}

async function start(threads: number, ends?: Ending): Promise<Machine> {
  const backend = sharedBackend();
  const read = async (variant: string) =>
    readFileSync(`src/engine/backend/kernels/wasm/build/${variant}.wasm`);
  const started = await startNative(backend, { read, spawn: spawning(ends) }, threads);
  if (!('native' in started)) throw new Error(started.reason);
  expect(started.native).toMatchObject({ threads, variant: expect.stringContaining('shared') });
  return { backend, memory: (backend.wasm as unknown as { wasmMemory: WebAssembly.Memory }).wasmMemory };
}

let machines: Machine[];

beforeAll(async () => {
  machines = [await start(1), await start(3)];
});

afterAll(() => Promise.all(helpers.map((helper) => helper.terminate())));

type Given = Record<string, { shape: number[]; values: number[]; dtype?: 'int32' | 'float32' }>;

function valuesAt({ backend, memory }: Machine, { dataId, shape }: TensorInfo): Int32Array {
  const { memoryOffset } = backend.dataIdMap.get(dataId);
  return new Int32Array(
    memory.buffer as ArrayBuffer,
    memoryOffset,
    shape.reduce((a, b) => a * b, 1),
  );
}

/** Every output's bits. */
function run(machine: Machine, kernel: KernelConfig, given: Given, attrs: object): number[][] {
  const inputs = Object.fromEntries(
    Object.entries(given).map(([name, { shape, values, dtype = 'float32' }]) => {
      const tensor = machine.backend.makeOutput(shape, dtype);
      const bits = dtype === 'int32' ? values : new Int32Array(Float32Array.from(values).buffer);
      valuesAt(machine, tensor).set(bits);
      return [name, tensor];
    }),
  );
  const outputs = kernel.kernelFunc({ inputs, attrs: attrs as never, backend: machine.backend });
  return (outputs as TensorInfo[]).map((output) => [...valuesAt(machine, output)]);
}

function draw(name: string, ...shape: number[]): { shape: number[]; values: number[] } {
  const rng = random(5, name);
  return { shape, values: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.normal()) };
}

const ids = (count: number, below: number) => ({
  shape: [count],
  values: Array.from({ length: count }, (_, i) => (i * 7) % below),
  dtype: 'int32' as const,
});
const ones = (...shape: number[]) => ({
  shape,
  values: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 1),
});

const plainProduct = { transposeA: false, transposeB: false, alpha: 1, gelu: true };
const open = { offset: 0, before: Number.POSITIVE_INFINITY, after: Number.POSITIVE_INFINITY };
const heads = { rows: 5, length: 19, heads: 3, rate: 0.2, salt: 1, ...open };
const causal = { rows: 1, length: 95, heads: 6, rate: 0, salt: 1, ...open, after: 0 };
const text = draw('text', 95, 33);

const CASES: [string, KernelConfig, Given, object][] = [
  [
    'product with GELU',
    matMulWasm,
    { a: draw('a', 257, 300), b: draw('b', 300, 33), bias: draw('c', 33) },
    plainProduct,
  ],
  ['weight gradient', weightGradWasm, { x: draw('x', 255, 97), dy: draw('dy', 255, 130) }, { bias: true }],
  [
    'layer norm',
    layerNormWasm,
    { x: draw('x', 257, 65), gamma: draw('g', 65), beta: draw('b', 65) },
    { epsilon: 1e-5 },
  ],
  [
    'layer norm gradient',
    layerNormGradWasm,
    { dy: draw('dy', 257, 65), sum: draw('s', 257, 65), gamma: draw('g', 65), stats: draw('t', 257, 2) },
    { affine: true },
  ],
  [
    'attention',
    attentionWasm,
    { q: text, k: draw('k', 95, 33), v: draw('v', 95, 33), mask: ones(5, 19), seed: ids(1, 2) },
    heads,
  ],
  [
    'attention gradient',
    attentionGradWasm,
    {
      ...{ dout: draw('d', 95, 33), q: text, k: draw('k', 95, 33), v: draw('v', 95, 33) },
      ...{ out: draw('o', 95, 33), lse: draw('l', 5, 3, 19), mask: ones(5, 19), seed: ids(1, 2) },
    },
    heads,
  ],
  [
    'gradient of causal attention, grouped',
    attentionGradWasm,
    {
      ...{ dout: draw('d', 95, 66), q: draw('q', 95, 66), k: draw('k', 95, 22), v: draw('v', 95, 22) },
      ...{ out: draw('o', 95, 66), lse: draw('l', 1, 6, 95), mask: ones(1, 95) },
    },
    causal,
  ],
  ['RMS norm', rmsNormWasm, { x: draw('x', 257, 650), gamma: draw('g', 65) }, { epsilon: 1e-5 }],
  [
    'RMS norm gradient',
    rmsNormGradWasm,
    { dy: draw('dy', 257, 650), sum: draw('s', 257, 650), gamma: draw('g', 65), inverse: draw('t', 2570) },
    { affine: true },
  ],
  [
    'rotary positions',
    rotateWasm,
    { x: draw('x', 95, 66), cos: draw('c', 20, 11), sin: draw('s', 20, 11) },
    { length: 19, offset: 1, back: false },
  ],
  [
    'gated gradient',
    gatedGradWasm,
    { dy: draw('dy', 257, 130), gate: draw('g', 257, 260) },
    { activation: 'silu' },
  ],
  [
    'cross-entropy gradient',
    crossEntropyGradWasm,
    {
      ...{ dy: ones(), logits: draw('l', 131, 77), labels: ids(131, 77) },
      ...{ lse: draw('lse', 131), share: ones() },
    },
    {},
  ],
  ['cross-entropy', crossEntropyWasm, { logits: draw('l', 131, 77), labels: ids(131, 77) }, {}],
  ['scatter', scatterAddWasm, { dy: draw('dy', 257, 300), ids: ids(257, 40) }, { rows: 41 }],
];

describe('the same bits by one thread and by three', () => {
  test.each(CASES)('%s', (_name, kernel, given, attrs) => {
    const [alone, together] = machines as [Machine, Machine];
    const expected = run(alone, kernel, given, attrs);
    expect(expected.flat().some((bits) => bits !== 0)).toBe(true);
    for (let round = 0; round < 5; round++) expect(run(together, kernel, given, attrs)).toEqual(expected);
  });
});

describe('a thread that ends in the middle of its work', () => {
  const given = { logits: draw('l', 131, 77), labels: ids(131, 77) };

  test.each<Ending>(['without a word', 'in an error'])(
    '%s is told, and nothing is computed after it',
    async (ends) => {
      const machine = await start(3, ends);
      // Seconds pass at every look: a thread that said nothing is waited for long.
      let now = 0;
      const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
        now += 1000;
        return now;
      });
      const lost = expect.objectContaining({ name: 'EngineError', code: 'thread-lost' });
      const work = (kernel: KernelConfig, inputs: Given, attrs: object) => (): unknown =>
        run(machine, kernel, inputs, attrs);
      const crossEntropy = work(crossEntropyWasm, given, {});
      // This thread may have taken all chunks before the others woke up.
      const untilLost = (): void => {
        for (let round = 0; round < 1000; round++) crossEntropy();
      };
      expect(untilLost).toThrow(lost);
      if (ends === 'without a word') expect(now).toBeGreaterThan(10_000);
      else expect(now).toBeLessThan(10_000);
      clock.mockRestore();
      expect(crossEntropy).toThrow(lost);
      expect(
        work(
          layerNormWasm,
          { x: draw('x', 3, 65), gamma: draw('g', 65), beta: draw('b', 65) },
          { epsilon: 1e-5 },
        ),
      ).toThrow(lost);
    },
  );
});
