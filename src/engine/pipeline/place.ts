/**
 * Where a run computes when nobody said: both places are timed on a few steps of the run's own model, method and
 * batch, and the one where the whole run takes less time is taken. Timed once; later runs of the kind remember.
 */
import { z } from 'zod';
import { assertTrustworthy } from '../backend/start';
import { breatheUnlessAborted } from '../core/breathe';
import type { RunConfig } from '../core/config';
import { toErrorData } from '../core/errors';
import type { BackendInfo } from '../core/events';
import { createKept, type KeptOptions } from '../core/kept';
import { paddedLength } from '../text/batches';
import { durationOf, type Prospect, prospectOf, stepShare, typicalBatch } from './cost';
import type { Ports } from './ports';
import { type Speeds, timeTrial } from './trial';

type Place = BackendInfo['id'];

/** Moves what computes from one place to another; models are loaded there anew by `Ports.loadModel`. */
export interface Machine {
  /** What is taken where nothing is timed. */
  auto: BackendInfo;
  /** @throws no-backend */
  start(place: Place, reason: string): Promise<BackendInfo>;
}

export interface PlaceOptions {
  onProgress(progress: { label: string; done: number; total: number }): void;
  signal: AbortSignal;
  /** False while a run trains on this machine: what is timed beside it is timed wrong. */
  quiet(): Promise<boolean>;
}

const speedsSchema = z.object({ read: z.number(), train: z.number(), step: z.number() });
const timedSchema = z.object({ wasm: speedsSchema, webgpu: speedsSchema });

const KEPT: KeptOptions<z.infer<typeof timedSchema>> = {
  path: 'machine/places.json',
  // To be raised when kernels of either place become faster.
  version: 1,
  value: timedSchema,
  most: 64,
};

/** The processor first: the graphics card is taken more often, and is then in force already. */
const PLACES = ['wasm', 'webgpu'] as const;
const WORDS: Readonly<Record<Place, string>> = { wasm: 'the processor', webgpu: 'the graphics card' };

/**
 * Puts the faster place in force for a run without a place of its own.
 * @throws the signal's reason when aborted; what the run itself would throw before it trains
 */
export async function choosePlace(
  config: RunConfig,
  machine: Machine,
  ports: Omit<Ports, 'backend'>,
  options: PlaceOptions,
): Promise<BackendInfo> {
  const { auto } = machine;
  if (auto.id === 'wasm') return auto;
  const { signal, quiet, onProgress } = options;
  const run = await prospectOf(config, ports, () => breatheUnlessAborted(signal));
  const key = keyOf(run, config, auto.adapter);
  const kept = createKept(ports.storage, KEPT);
  const known = await kept.get(key);
  if (known) return settle(run, machine, known, 'timed here before');
  const untimed = `${auto.reason} It was not timed against the processor: a run is under way, and beside it everything takes longer.`;
  if (!(await quiet())) return machine.start('webgpu', untimed);
  const timed: Partial<Record<Place, Speeds>> = {};
  for (const [done, place] of PLACES.entries()) {
    onProgress({ label: `Timing ${WORDS[place]}`, done, total: PLACES.length });
    try {
      timed[place] = await timePlace(place, run, machine, ports, { ...options, beat: timed.wasm?.step });
    } catch (error) {
      if (signal.aborted) {
        await machine.start(auto.id, auto.reason);
        throw signal.reason;
      }
      const [other] = PLACES.filter((each) => each !== place);
      const { message } = toErrorData(error);
      return machine.start(
        other as Place,
        `A step on ${WORDS[place]} failed when it was timed (${message}).`,
      );
    }
  }
  // A run may have begun meanwhile, in another tab.
  if (!(await quiet())) return machine.start('webgpu', untimed);
  const both = timedSchema.parse(timed);
  await kept.put(key, both);
  return settle(run, machine, both, 'timed just now');
}

async function timePlace(
  place: Place,
  run: Prospect,
  machine: Machine,
  ports: Omit<Ports, 'backend'>,
  { signal, beat }: PlaceOptions & { beat: number | undefined },
): Promise<Speeds> {
  const started = await machine.start(place, 'Being timed.');
  if (started.id !== place) throw new Error(started.reason);
  const base = await ports.loadModel(run.base.id);
  const speeds = await timeTrial({ ...run, base }, typicalBatch(run), {
    now: ports.now,
    pause: () => breatheUnlessAborted(signal),
    ...(beat === undefined ? {} : { beat }),
  });
  assertTrustworthy();
  return speeds;
}

function settle(
  run: Prospect,
  machine: Machine,
  timed: Readonly<Record<Place, Speeds>>,
  when: string,
): Promise<BackendInfo> {
  const seconds = { wasm: durationOf(run, timed.wasm), webgpu: durationOf(run, timed.webgpu) };
  const [faster, slower] = seconds.webgpu < seconds.wasm ? (['webgpu', 'wasm'] as const) : PLACES;
  const stepOn = (place: Place): string =>
    `${span(timed[place].step * stepShare(run))} a step on ${WORDS[place]}`;
  const whole = `the whole run about ${span(1000 * seconds[faster])} against ${span(1000 * seconds[slower])}`;
  return machine.start(
    faster,
    `The faster place for this run: ${stepOn(faster)} against ${stepOn(slower)} (${machine.auto.adapter} is the graphics card); ${whole}; ${when}.`,
  );
}

/** What decides how fast a run is, but for the machine's mood. */
function keyOf(run: Prospect, config: RunConfig, adapter: string): string {
  const batch = typicalBatch(run);
  const length = batch.reduce((most, { ids }) => Math.max(most, paddedLength(ids.length)), 0);
  const processor = globalThis.navigator?.hardwareConcurrency ?? 1;
  const isolated = globalThis.crossOriginIsolated === true;
  return JSON.stringify([
    adapter,
    processor,
    isolated,
    config.model,
    config.method.id,
    run.method,
    [batch.length, length],
  ]);
}

/** 0.82 ms, 41 ms, 1.3 s, 4 min: two figures, for comparing. */
function span(ms: number): string {
  const figures = (value: number): string => `${Number(value.toPrecision(value < 100 ? 2 : 3))}`;
  if (ms < 1000) return `${figures(ms)} ms`;
  if (ms < 90_000) return `${figures(ms / 1000)} s`;
  return `${figures(ms / 60_000)} min`;
}
