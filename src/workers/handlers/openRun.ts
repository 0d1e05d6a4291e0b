/** A stored run with its models in memory: for predictions, new descriptions and export. The last one is kept. */
import { methodSpec, validateSettings } from '../../engine/catalog';
import type { BackendInfo } from '../../engine/core/events';
import { describeLabel } from '../../engine/evaluation/zeroShot';
import { type FinishedRun, loadFinished, loadTrained } from '../../engine/pipeline/artifacts';
import { typedSettings } from '../../engine/training/settings';
import { loadMethod } from '../../engine/tuning/registry';
import { createTuned, type TunedModel } from '../../engine/tuning/tuned';
import { type EngineState, engineState } from '../engineState';

export interface OpenedRun extends FinishedRun {
  tuned: TunedModel;
  maxLength: number;
}

interface Held {
  id: string;
  /** Where its weights lie. */
  place: BackendInfo['id'];
  run: Promise<OpenedRun>;
  users: number;
  /** No longer the one that is kept: freed when its last user is done. */
  closed: boolean;
}

let opened: Held | null = null;
const inUse = new Set<Promise<unknown>>();

/** Opens a run, wherever computing is now, for the time `work` takes; its models stay in memory until nobody uses them. */
export async function withRun<T>(id: string, work: (run: OpenedRun) => Promise<T>): Promise<T> {
  const { id: place } = await (await engineState()).anyBackend();
  const held = hold(id, place);
  held.users++;
  const using = held.run.then(work);
  inUse.add(using);
  try {
    return await using;
  } finally {
    inUse.delete(using);
    held.users--;
    free(held);
  }
}

/** Whether somebody computes with an opened run: the place where its models lie must not change beneath it. */
export function isInUse(): boolean {
  return inUse.size > 0;
}

export async function whenUnused(): Promise<void> {
  await Promise.allSettled(inUse);
}

function hold(id: string, place: Held['place']): Held {
  if (opened?.id === id && opened.place === place) return opened;
  closeRun();
  const held: Held = { id, place, run: load(id), users: 0, closed: false };
  opened = held;
  held.run.catch(() => {
    if (opened === held) opened = null;
  });
  return held;
}

/** Lets go of the run that is open; with an id, only if it is that one. */
export function closeRun(id?: string): void {
  if (!opened || (id !== undefined && opened.id !== id)) return;
  const held = opened;
  opened = null;
  held.closed = true;
  free(held);
}

function free(held: Held): void {
  if (!held.closed || held.users > 0) return;
  held.run.then(({ tuned }) => tuned.dispose()).catch(() => undefined);
}

async function load(id: string): Promise<OpenedRun> {
  const state: EngineState = await engineState();
  const finished = await loadFinished(state.storage, id);
  const { config } = finished.report;
  const base = await state.models.load(config.model.id);
  const settings = validateSettings(config);
  const training = typedSettings(settings.training);
  const spec = methodSpec(config.method.id);
  const tuned = createTuned({
    base,
    method: await loadMethod(spec.id),
    spec,
    settings: settings.method,
    classes: finished.predictions.classes.length,
    seed: training.seed,
  });
  try {
    tuned.write(await loadTrained(state.storage, id));
  } catch (error) {
    tuned.dispose();
    throw error;
  }
  return { ...finished, tuned, maxLength: training.maxLength };
}

/** One line per label, in class order: what zero-shot compares a text with. */
export function descriptionsOf(run: FinishedRun): string[] {
  return run.predictions.classes.map((label) => describeLabel(label, run.report.config.descriptions));
}
