/**
 * What a run will cost on this machine: parameters and file size exactly, time from a few measured steps of the
 * very model and method, memory from the order of a step on the longest batch, planned before it is taken.
 */
import { bufferLimit } from '../backend/start';
import { breatheUnlessAborted } from '../core/breathe';
import type { RunConfig } from '../core/config';
import type { BackendInfo } from '../core/events';
import { modelParameters } from '../tuning/spec';
import { durationOf, prospectOf, typicalBatch } from './cost';
import { type Fit, fitOf } from './fit';
import type { PlaceOptions } from './place';
import type { Ports } from './ports';
import { planTrial, type Speeds, type TrialMemory, timeTrial } from './trial';

export interface RunEstimate {
  /** Where it would run, and why there. */
  backend: BackendInfo;
  trainableParameters: number;
  totalSteps: number;
  seconds: number | null;
  peakBytes: number;
  exportBytes: number;
  fit: Fit;
  /** What is short, and the way out; null when it fits. */
  advice: string | null;
  basis: string;
}

const measured = new Map<string, Speeds>();
const planned = new Map<string, TrialMemory>();

/** @throws what the run itself would throw before it trains; the signal's reason when aborted */
export async function estimateRun(
  config: RunConfig,
  ports: Ports,
  { onProgress, signal, quiet }: PlaceOptions,
): Promise<RunEstimate> {
  const pause = (): Promise<void> => breatheUnlessAborted(signal);
  onProgress({ label: 'Loading the model', done: 0, total: 2 });
  const run = await prospectOf(config, ports, pause);
  const { base, settings, spec, method, classes } = run;
  const key = JSON.stringify([
    config.model,
    config.method.id,
    method,
    ports.backend.id,
    settings.maxLength,
    settings.batchSize,
    settings.accumulation,
  ]);
  const length = run.longest[0]?.ids.length ?? 0;
  const memoryKey = JSON.stringify([key, length, run.longest.length, classes]);
  const memory = planned.get(memoryKey) ?? (await planTrial(run, run.longest, { pause }));
  planned.set(memoryKey, memory);
  onProgress({ label: 'Timing this machine', done: 1, total: 2 });
  let speeds = measured.get(key) ?? null;
  if (!speeds && (await quiet())) {
    const timed = await timeTrial(run, typicalBatch(run), { now: ports.now, pause });
    // A run may have begun meanwhile, in another tab.
    if (await quiet()) {
      speeds = timed;
      measured.set(key, timed);
    }
  }

  const { shape, stock } = base.encoder;
  const appended = stock.fixed.reduce((sum, weight) => sum + weight.shape.reduce((a, b) => a * b, 1), 0);
  const trainable = spec.trainableParameters(shape, method, classes);
  return {
    backend: ports.backend,
    trainableParameters: trainable,
    totalSteps: run.plan.totalSteps,
    seconds: speeds && durationOf(run, speeds),
    peakBytes: memory.peak,
    exportBytes:
      spec.exports === 'adapter' ? 4 * trainable : 4 * (modelParameters(shape, classes) + appended),
    ...fitOf(memory, bufferLimit()),
    basis: speeds
      ? `Measured on this machine (${ports.backend.adapter}): ${(1000 / speeds.read).toFixed(0)} tokens/s reading, ${(1000 / speeds.train).toFixed(0)} tokens/s training. Early stopping may end sooner.`
      : 'Not timed: a run is under way, and beside it everything takes longer. Come back when it has ended.',
  };
}
