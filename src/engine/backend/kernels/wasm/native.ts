/**
 * Our own WebAssembly module beside tfjs-wasm: it imports that module's memory and works on its tensors in place.
 * One job at a time runs over its chunks, by this thread and by helpers where the page may share memory.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { EngineError } from '../../../core/errors';
import {
  CONTROL_BYTES,
  FAILED,
  type HelperStart,
  instantiate,
  JOBS,
  type Job,
  type NativeExports,
} from './nativeModule';

/** Which builds of the module there are: relaxed SIMD multiplies and adds in one instruction; shared has threads. */
export type NativeVariant = `${'relaxed' | 'plain'}-${'shared' | 'single'}`;

export interface NativeFiles {
  /** The bytes of one build. */
  read(variant: NativeVariant): Promise<BufferSource>;
  /**
   * Starts a thread that calls `serveNative`; absent where there are no threads. Resolves when it is about to serve,
   * rejects when it never will.
   */
  spawn?(start: HelperStart): Promise<void>;
}

/**
 * A chunk takes a fraction of a second on the slowest machine. A helper that has not finished one after so long was
 * ended without a word: what it had begun is lost, and nobody else can tell what of it was written.
 */
const PATIENCE_MS = 10_000;
/** Counted at most between two looks at the clock, which also runs while a machine sleeps. */
const LOOK_MS = 100;
/** Words of the control block: see assembly/index.ts. */
const WORD = {
  threads: 5,
  scratch: 7,
  scratchBytes: 8,
  ints: 16,
  floats: 48,
} as const;

export interface Native {
  readonly threads: number;
  readonly variant: NativeVariant;
  /**
   * Runs `chunks` chunks of a job to their end. Numbers in the order that assembly/index.ts reads them.
   * @throws thread-lost, at this job and at every one after it
   */
  run(job: Job, chunks: number, ints: readonly number[], floats?: readonly number[]): void;
  /** Gives every thread at least this much scratch for the next job. */
  needScratch(bytes: number): void;
  /** Room for one job's shared intermediate; the next call may give the same place. */
  workspace(bytes: number): number;
  attentionBytes(block: number, keys: number, size: number): number;
  matmulBytes(rows: number): number;
  /** Address of a tensor's values; 0 for none. */
  at(tensor: TensorInfo | undefined): number;
  output(shape: readonly number[], dtype?: DataType): TensorInfo;
  ints(address: number, length: number): Int32Array;
  floats(address: number, length: number): Float32Array;
  doubles(address: number, length: number): Float64Array;
}

/** What Emscripten puts on the module beside what its types say. */
type HeapModule = BackendWasm['wasm'] & {
  _malloc(bytes: number): number;
  _free(address: number): void;
  wasmMemory?: WebAssembly.Memory;
  asm?: { memory?: WebAssembly.Memory };
};

const natives = new WeakMap<object, Native>();

/** The module that works for this back end. @throws when `startNative` has not succeeded for it */
export function nativeOf(backend: unknown): Native {
  const native = natives.get(backend as object);
  if (!native) throw new TypeError('the WebAssembly kernels were not started');
  return native;
}

/** Compiles and starts the module: the fastest build that this browser runs, else the reason why none does. */
export async function startNative(
  backend: BackendWasm,
  files: NativeFiles,
  threads: number,
): Promise<{ native: Native } | { reason: string }> {
  const existing = natives.get(backend);
  if (existing) return { native: existing };
  const heap = backend.wasm as unknown as HeapModule;
  const memory = heap.wasmMemory ?? heap.asm?.memory;
  if (!memory) return { reason: 'TensorFlow.js does not show its memory' };
  const isShared =
    typeof SharedArrayBuffer !== 'undefined' &&
    (memory.buffer as ArrayBufferLike) instanceof SharedArrayBuffer;
  let reason = 'this browser has no SIMD in WebAssembly';
  for (const speed of ['relaxed', 'plain'] as const) {
    const variant: NativeVariant = `${speed}-${isShared ? 'shared' : 'single'}`;
    try {
      const bytes = await files.read(variant);
      if (!WebAssembly.validate(bytes)) continue;
      const module = await WebAssembly.compile(bytes);
      const exports = await instantiate(module, memory);
      const control = allocate(heap, CONTROL_BYTES);
      new Uint8Array(memory.buffer, control, CONTROL_BYTES).fill(0);
      const helpers = isShared && files.spawn ? threads - 1 : 0;
      // A thread starts only while this one lets messages in, so work before that would go without it.
      const started = await Promise.allSettled(
        Array.from({ length: helpers }, (_, i) => files.spawn?.({ module, memory, control, thread: i + 1 })),
      );
      const native = createNative({
        backend,
        heap,
        memory,
        variant,
        exports,
        control,
        threads: 1 + started.filter(({ status }) => status === 'fulfilled').length,
        places: 1 + helpers,
      });
      natives.set(backend, native);
      return { native };
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
  }
  return { reason };
}

interface Parts {
  backend: BackendWasm;
  heap: HeapModule;
  memory: WebAssembly.Memory;
  variant: NativeVariant;
  exports: NativeExports;
  control: number;
  /** That work: this one and the helpers that started. */
  threads: number;
  /** That were asked for: each has scratch of its own, also where some did not start. */
  places: number;
}

function allocate(heap: HeapModule, bytes: number): number {
  const address = heap._malloc(bytes) >>> 0;
  if (address === 0) throw outOfMemory(bytes);
  return address;
}

function outOfMemory(bytes: number): EngineError {
  return new EngineError({
    code: 'out-of-memory',
    message: `The model needs another ${Math.ceil(bytes / 2 ** 20)} MB, and WebAssembly's memory has no room for it.`,
    hint: 'Use fewer rows per step (batch size) or a smaller max length, or a method that trains fewer weights.',
  });
}

function threadLost(): EngineError {
  return new EngineError({
    code: 'thread-lost',
    message: 'One of the processor’s threads ended in the middle of its work.',
    hint: 'Reload the page: a run goes on from its last checkpoint, and data and finished runs are kept.',
  });
}

function createNative(parts: Parts): Native {
  const { backend, heap, memory, variant, exports, control, threads, places } = parts;
  /** Memory may grow, also in another thread, and old views would end early. */
  const view = <T>(
    kind: new (buffer: ArrayBuffer, at: number, length: number) => T,
    at: number,
    n: number,
  ): T => new kind(memory.buffer as ArrayBuffer, at, n);
  let words = view(Int32Array, control, CONTROL_BYTES / 4);
  let numbers = view(Float32Array, control, CONTROL_BYTES / 4);
  words[WORD.threads] = threads;
  const refresh = (): void => {
    if (words.buffer === memory.buffer) return;
    words = view(Int32Array, control, CONTROL_BYTES / 4);
    numbers = view(Float32Array, control, CONTROL_BYTES / 4);
  };

  let scratch = { address: 0, bytes: 0 };
  let shared = { address: 0, bytes: 0 };
  /** The larger place is had before the smaller is given up: a refusal leaves what was usable usable. */
  const grown = (old: { address: number; bytes: number }, bytes: number): typeof old => {
    if (bytes <= old.bytes) return old;
    const next = { address: allocate(heap, bytes), bytes };
    if (old.address) heap._free(old.address);
    return next;
  };

  /** A late helper may still write where it was told to: nothing is computed after one was given up. */
  let isWhole = true;
  const awaitHelpers = (chunks: number): void => {
    let waited = 0;
    let looked = performance.now();
    while (!exports.settle(control, chunks)) {
      const now = performance.now();
      waited += Math.min(now - looked, LOOK_MS);
      looked = now;
      isWhole = Atomics.load(words, FAILED) === 0 && waited < PATIENCE_MS;
      if (!isWhole) throw threadLost();
    }
  };

  return {
    threads,
    variant,
    run(job, chunks, ints, floats = []) {
      if (!isWhole) throw threadLost();
      refresh();
      words.set(ints, WORD.ints);
      numbers.set(floats, WORD.floats);
      if (!exports.dispatch(control, JOBS.indexOf(job), chunks)) awaitHelpers(chunks);
    },
    needScratch(bytes) {
      // Whole cache lines, so that no two threads write to one.
      const each = Math.ceil(bytes / 64) * 64 + 64;
      scratch = grown(scratch, each * places);
      refresh();
      words[WORD.scratch] = scratch.address;
      words[WORD.scratchBytes] = Math.floor(scratch.bytes / places / 64) * 64;
    },
    workspace(bytes) {
      shared = grown(shared, bytes);
      return shared.address;
    },
    attentionBytes: (block, keys, size) => exports.attentionBytes(block, keys, size) >>> 0,
    matmulBytes: (rows) => exports.matmulBytes(rows) >>> 0,
    at: (tensor) => (tensor ? backend.dataIdMap.get(tensor.dataId).memoryOffset : 0),
    output(shape, dtype = 'float32') {
      const tensor = backend.makeOutput([...shape], dtype);
      // tfjs-wasm takes a failed allocation for the address 0, and would write there.
      if (backend.dataIdMap.get(tensor.dataId).memoryOffset === 0) {
        backend.disposeData(tensor.dataId);
        throw outOfMemory(4 * shape.reduce((a, b) => a * b, 1));
      }
      return tensor;
    },
    ints: (address, length) => view(Int32Array, address, length),
    floats: (address, length) => view(Float32Array, address, length),
    doubles: (address, length) => view(Float64Array, address, length),
  };
}
