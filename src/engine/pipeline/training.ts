/** The training phase of a run: events for people, checkpoints, pausing, stopping, and surviving NaN. */
import * as tf from '@tensorflow/tfjs-core';
import { assertTrustworthy, backendBytes } from '../backend/start';
import type { RunConfig } from '../core/config';
import { EngineError, toErrorData } from '../core/errors';
import type { RunEvent } from '../core/events';
import { argmax } from '../evaluation/metrics';
import { loadCheckpoint, saveCheckpoint } from '../training/checkpoint';
import type { Rows } from '../training/rows';
import { gradientsOf } from '../training/step';
import type { CheckEvent, StepEvent, Training, TrainState } from '../training/train';
import type { TunedModel } from '../tuning/tuned';
import { runFolder } from './artifacts';
import type { RunLog } from './log';
import type { Ports, RunControl, RunRequest } from './ports';
import type { PreparedData } from './prepare';

/** Steps faster than this are reported together: the page draws sixty frames a second at most. */
const STEP_EVENT_MS = 40;
/** Saving may take this share of a run's time. */
const CHECKPOINT_SHARE = 0.05;
const WARM_UP_ROWS = 4;

export interface ActiveRun {
  request: RunRequest;
  config: RunConfig;
  ports: Ports;
  control: RunControl;
  data: PreparedData;
  tuned: TunedModel;
  training: Training;
  log: RunLog;
  /** Indices into the validation rows that are checked. */
  pinned: readonly number[];
  /** Zero-shot probabilities of all validation rows. */
  beforeValidation: readonly (readonly number[])[];
}

/** Compiles shaders and fills caches on a few rows; changes no weight. */
export async function warmUp(model: TunedModel, rows: Rows): Promise<void> {
  const some = Array.from({ length: Math.min(WARM_UP_ROWS, rows.texts.length) }, (_, i) => i);
  const { byName, loss } = gradientsOf(model, rows, [some], () => null);
  await loss.data();
  tf.dispose([...byName.values(), loss]);
}

/** Trains to the end; returns the peak bytes the back end held. */
export async function* trainingEvents(run: ActiveRun, validation: Rows): AsyncGenerator<RunEvent, number> {
  const { control, log, training } = run;
  const restored = run.request.resume ? await restore(run) : [];
  yield planEvent(run, validation);
  yield* restored;
  const keeper = createKeeper(run);
  const pace = createPace(run);
  let peak = backendBytes();
  const goesOn = training.state.checkedStep >= 0;
  // A run that was held or ended when its engine died comes back so, and takes no step more.
  if (goesOn) await control.paused;
  const over = goesOn && control.stopRequested;
  for await (const event of over ? [] : training.events()) {
    assertTrustworthy();
    peak = Math.max(peak, backendBytes());
    const finite = Number.isFinite(event.type === 'step' ? event.loss : event.validationLoss);
    if (event.type === 'step') yield* pace.step(event);
    if (!finite) {
      yield* brokenLoss(log, event.step);
      break;
    }
    if (event.type === 'check') {
      pace.check(event);
      yield* log.check(event, false);
      yield* await keeper.save(false);
    }
    if (control.paused) {
      yield* await keeper.save(true);
      await control.paused;
    }
    if (control.stopRequested) break;
  }
  yield* log.finish();
  return Math.max(peak, backendBytes());
}

function brokenLoss(log: RunLog, step: number): RunEvent[] {
  const message = `At step ${step} the loss was no longer a number, so training ended there and the best weights so far were kept. A smaller step size (learning rate) usually cures this.`;
  return [log.warn('loss-not-finite', step, message), ...log.diverged(step)];
}

function planEvent(run: ActiveRun, validation: Rows): RunEvent {
  const { data, training, tuned, pinned } = run;
  const all = data.splits.validation;
  /** The checked rows may be a sample; a row is found again by its tokens. */
  const position = new Map(all.rows.texts.map((text, i) => [text, i]));
  return {
    type: 'plan',
    backend: run.ports.backend,
    totalSteps: training.plan.totalSteps,
    stepsPerEpoch: training.plan.stepsPerEpoch,
    evaluateEvery: training.plan.evaluateEvery,
    trainableParameters: parametersOf(tuned),
    classes: [...data.dataset.classes],
    splits: {
      train: data.splits.train.examples.length,
      validation: all.examples.length,
      test: data.splits.test.examples.length,
    },
    pinned: pinned.map((row) => {
      const at = position.get(validation.texts[row] as Rows['texts'][number]) ?? 0;
      const example = all.examples[at];
      return {
        line: example?.line ?? 0,
        text: example?.text ?? '',
        expected: validation.labels[row] as number,
        before: argmax(run.beforeValidation[at] ?? []),
      };
    }),
    resumedFromStep: training.state.step,
  };
}

export function parametersOf(tuned: TunedModel): number {
  return [...tuned.trainable.values()].reduce((sum, { variable }) => sum + variable.size, 0);
}

async function restore(run: ActiveRun): Promise<RunEvent[]> {
  const { storage } = run.ports;
  const folder = runFolder(run.request.id);
  const checkpoint = await loadCheckpoint(storage, folder);
  if (!checkpoint) {
    const lost = (await storage.list(folder)).some((name) => name.startsWith('checkpoint-'));
    const message = 'No saved checkpoint could be read, so the run starts again from the beginning.';
    return lost ? [run.log.warn('checkpoint-damaged', 0, message)] : [];
  }
  try {
    run.training.restore(checkpoint.snapshot);
    const events = run.log.restore(checkpoint.extra);
    return checkpoint.warning
      ? [...events, run.log.warn('checkpoint-damaged', checkpoint.snapshot.state.step, checkpoint.warning)]
      : events;
  } catch (error) {
    throw new EngineError(
      {
        code: 'checkpoint-corrupt',
        message: `The saved checkpoint cannot be used: ${toErrorData(error).message}`,
        hint: 'Start the run again from the beginning; your data and settings are kept.',
      },
      { cause: error },
    );
  }
}

/** Saves checkpoints as often as costs little; a full disk ends saving, not the run. */
function createKeeper(run: ActiveRun): { save(now: boolean): Promise<RunEvent[]> } {
  const { ports, training, log } = run;
  let lastSaved = Number.NEGATIVE_INFINITY;
  let lastCost = 0;
  let saved: Readonly<TrainState> | null = null;
  let full = false;
  return {
    async save(now) {
      const time = ports.now();
      const due = now || time - lastSaved > lastCost / CHECKPOINT_SHARE;
      if (full || !due || saved === training.state) return [];
      try {
        await saveCheckpoint(
          ports.storage,
          runFolder(run.request.id),
          await training.snapshot(),
          training.plan.totalSteps,
          log.state(),
        );
      } catch (error) {
        const { code } = toErrorData(error);
        if (code !== 'storage-full') throw error;
        full = true;
        const message =
          'The browser has no room left for checkpoints. Training goes on, but a reload would lose this run; delete old runs to make room.';
        return [log.warn('storage-full', training.state.step, message)];
      }
      saved = training.state;
      lastSaved = ports.now();
      lastCost = lastSaved - time;
      return [{ type: 'checkpoint', step: saved.step }];
    },
  };
}

/** Folds fast steps into one event and estimates the time left from what steps and checks took. */
function createPace(run: ActiveRun): { step(event: StepEvent): RunEvent[]; check(event: CheckEvent): void } {
  const { log, ports, training } = run;
  let pending: StepEvent[] = [];
  let lastEmitted = Number.NEGATIVE_INFINITY;
  let stepMs = 0;
  let checkMs = 0;
  const smooth = (old: number, value: number): number => (old === 0 ? value : old * 0.9 + value * 0.1);
  return {
    step(event) {
      log.timed(event.durationMs, event.tokens);
      stepMs = smooth(stepMs, event.durationMs);
      pending.push(event);
      const time = ports.now();
      const last = event.step === training.plan.totalSteps || !Number.isFinite(event.loss);
      if (time - lastEmitted < STEP_EVENT_MS && !last) return [];
      lastEmitted = time;
      const finite = pending.filter(({ loss }) => Number.isFinite(loss));
      const tokens = pending.reduce((sum, one) => sum + one.tokens, 0);
      const seconds = pending.reduce((sum, one) => sum + one.durationMs, 0) / 1000;
      pending = [];
      if (finite.length === 0) return [];
      const stepsLeft = training.plan.totalSteps - event.step;
      const checksLeft = stepsLeft / training.plan.evaluateEvery;
      return [
        {
          type: 'step',
          step: event.step,
          epoch: event.epoch,
          loss: finite.reduce((sum, { loss }) => sum + loss, 0) / finite.length,
          learningRate: event.learningRate,
          gradientNorm: Number.isFinite(event.gradientNorm) ? event.gradientNorm : 0,
          tokensPerSecond: tokens / Math.max(1e-6, seconds),
          secondsLeft: (stepsLeft * stepMs + checksLeft * checkMs) / 1000,
        },
      ];
    },
    check(event) {
      checkMs = smooth(checkMs, event.durationMs);
    },
  };
}
