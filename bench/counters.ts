/**
 * Counts what an engine asks of WebGPU and how many bytes it holds there, from outside: the calls of the standard
 * are wrapped, so every engine is counted alike. Load it before the engine.
 */
import type { GpuCounts } from './jobs';

const counts: GpuCounts = { dispatches: 0, submits: 0, buffers: 0 };
let held = 0;
let most = 0;

/** The constructors that Dawn or the browser brings; none where there is no WebGPU. */
interface GpuClasses {
  GPUDevice?: { prototype: GPUDevice };
  GPUBuffer?: { prototype: GPUBuffer };
  GPUQueue?: { prototype: GPUQueue };
  GPUComputePassEncoder?: { prototype: GPUComputePassEncoder };
}

type Method<T, K extends keyof T> = T[K] & ((...args: never[]) => unknown);

/** Calls `after` with the receiver and the result whenever the method was called. */
function watch<T extends object, K extends keyof T & string>(
  prototype: T | undefined,
  name: K,
  after: (self: T, result: unknown) => void,
): void {
  if (!prototype) return;
  const original = prototype[name] as Method<T, K>;
  const wrapped = function (this: T, ...args: never[]): unknown {
    const result = Reflect.apply(original, this, args) as unknown;
    after(this, result);
    return result;
  };
  Object.defineProperty(prototype, name, { value: wrapped, writable: true, configurable: true });
}

export function watchGpu(): void {
  const classes = globalThis as unknown as GpuClasses;
  const alive = new WeakSet<object>();
  watch(classes.GPUDevice?.prototype, 'createBuffer', (_, buffer) => {
    counts.buffers++;
    held += (buffer as GPUBuffer).size;
    most = Math.max(most, held);
    alive.add(buffer as GPUBuffer);
  });
  watch(classes.GPUBuffer?.prototype, 'destroy', (buffer) => {
    if (alive.delete(buffer)) held -= buffer.size;
  });
  watch(classes.GPUQueue?.prototype, 'submit', () => counts.submits++);
  for (const name of ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect'] as const) {
    watch(classes.GPUComputePassEncoder?.prototype, name, () => counts.dispatches++);
  }
}

/** Since the last call. */
export function takeGpuCounts(): GpuCounts {
  const taken = { ...counts };
  Object.assign(counts, { dispatches: 0, submits: 0, buffers: 0 });
  return taken;
}

export function peakGpuBytes(): number {
  return most;
}

const memories: WebAssembly.Memory[] = [];

/** Remembers every WebAssembly memory that is made from here on. */
export function watchMemories(): void {
  const Original = WebAssembly.Memory;
  WebAssembly.Memory = class extends Original {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor);
      memories.push(this);
    }
  };
}

/** WebAssembly memories only grow, so what they are now is their peak. */
export function wasmBytes(): number {
  return memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
}
