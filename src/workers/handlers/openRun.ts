/** A stored run with its models in memory: for predictions, new descriptions and export. The last one is kept. */
import { methodSpec, validateSettings } from '../../engine/catalog';
import { EngineError } from '../../engine/core/errors';
import { describeLabel } from '../../engine/evaluation/zeroShot';
import { type FinishedRun, loadFinished, loadTrained } from '../../engine/pipeline/artifacts';
import { typedSettings } from '../../engine/training/settings';
import { METHOD_LOADERS } from '../../engine/tuning/registry';
import { isMethodId } from '../../engine/tuning/specs';
import { createTuned, type TunedModel } from '../../engine/tuning/tuned';
import { type EngineState, engineState } from '../engineState';

export interface OpenedRun extends FinishedRun {
  tuned: TunedModel;
  maxLength: number;
}

let opened: { id: string; run: Promise<OpenedRun> } | null = null;

export function openRun(id: string): Promise<OpenedRun> {
  if (opened?.id === id) return opened.run;
  closeRun();
  const run = load(id);
  opened = { id, run };
  run.catch(() => {
    if (opened?.run === run) opened = null;
  });
  return run;
}

/** Frees the models of the run that is open; with an id, only if it is that one. */
export function closeRun(id?: string): void {
  if (!opened || (id !== undefined && opened.id !== id)) return;
  opened.run.then(({ tuned }) => tuned.dispose()).catch(() => undefined);
  opened = null;
}

async function load(id: string): Promise<OpenedRun> {
  const state: EngineState = await engineState();
  const finished = await loadFinished(state.storage, id);
  const { config } = finished.report;
  await state.backend(config.backend);
  const base = await state.models.load(config.model.id);
  const settings = validateSettings(config);
  const training = typedSettings(settings.training);
  const spec = methodSpec(config.method.id);
  if (!isMethodId(spec.id)) {
    throw new EngineError({
      code: 'unknown-method',
      message: `This run used “${spec.id}”, unknown to this Hone.`,
    });
  }
  const tuned = createTuned({
    base,
    method: await METHOD_LOADERS[spec.id](),
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
