/** What bench/results.json holds. */
import type { MatMulShape } from '../../src/engine/bench/r1';
import type { GpuCounts } from '../jobs';

/** One engine's training steps. */
export interface StepRow {
  name: string;
  /** Median over rounds of each round's median step. */
  ms: number | null;
  /** Medians by round. */
  rounds: number[];
  tokensPerSecond: number | null;
  gflops: number | null;
  peakBytes: number | null;
  liveBytes: number | null;
  gpu: GpuCounts | null;
  losses: number[];
  error?: string;
}

export interface MatMulRow extends MatMulShape {
  /** Where it occurs. */
  of: string[];
  flop: number;
  /** Best over rounds, by engine; null where it cannot be asked for it or failed. */
  gflops: Record<string, number | null>;
}

export interface CounterRow extends GpuCounts {
  name: string;
  hostMs: number;
}

export interface InferenceRow {
  name: string;
  ms: number | null;
  rounds: number[];
  textsPerSecond: number | null;
  error?: string;
}

export interface Results {
  date: string;
  mode: 'full' | 'quick';
  only: string[];
  commit: string;
  machine: Record<string, string | number>;
  versions: Record<string, string>;
  seconds: number;
  r1: StepRow[];
  r2: StepRow[];
  matmul: MatMulRow[];
  counters: CounterRow[];
  inference: InferenceRow[];
  /** Largest gap between what engines computed; what was compared is in the name. */
  checks: Record<string, number>;
  notes: string[];
  ratios: Record<string, number | null>;
}
