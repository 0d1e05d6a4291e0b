/** What a page of the bench can be asked for, and what it answers. */
import type { MatMulShape, R1Shape } from '../src/engine/bench/r1';
import type { ProductTimes, Times } from '../src/engine/bench/timing';

export type EngineName = 'hone' | 'stock' | 'jax' | 'ort';
export type Place = 'wasm' | 'webgpu';

/** What one page is opened for. */
export interface Opening {
  engine: EngineName;
  place: Place;
  threads: number;
}

export interface GpuCounts {
  dispatches: number;
  submits: number;
  buffers: number;
}

export interface StepTimes {
  /** Of each timed step. */
  ms: number[];
  /** Of every step, warm-up included, in order. */
  losses: number[];
  /** Real tokens a step. */
  tokens: number;
  /** The most bytes taken from the system at once: GPU buffers, or the WASM heap. */
  peakBytes: number;
  /** The most bytes that tensors held at once; null where the engine does not say. */
  liveBytes: number | null;
  /** Of the last timed step; null on WASM. */
  gpu: GpuCounts | null;
}

export type R2Method = 'full' | 'lora' | 'lora-default' | 'layerwise';

export interface Jobs {
  /** `warmRows` are the texts of a warm-up batch, where a whole one would take too long. */
  r1: { params: Times & { shape: R1Shape; warmRows?: number }; result: StepTimes };
  r2: { params: Times & { method: R2Method; rows: number; length: number }; result: StepTimes };
  /** Milliseconds a product; null where this engine cannot be asked for it. */
  matmul: { params: ProductTimes & { shapes: MatMulShape[] }; result: (number | null)[] };
  inference: {
    params: Times & { rows: number; length: number };
    result: { ms: number[]; vectors: number[]; tokens: number };
  };
}

export type JobName = keyof Jobs;
export type Job = { [K in JobName]: { name: K; params: Jobs[K]['params'] } }[JobName];

/** An engine in its place, ready for jobs; what it cannot do it lacks. */
export type Engine = { [K in JobName]?: (params: Jobs[K]['params']) => Promise<Jobs[K]['result']> };

/** page → worker */
export type WorkerCall = { id: number } & ({ open: Opening } | { job: Job });
/** worker → page */
export type WorkerAnswer = { id: number } & ({ result: unknown } | { error: string });

/** What the page offers to the browser's driver. */
export interface BenchPage {
  open(opening: Opening): Promise<void>;
  run(job: Job): Promise<unknown>;
}

declare global {
  interface Window {
    honeBench?: BenchPage;
  }
}
