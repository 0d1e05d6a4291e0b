/**
 * Training as an async generator of events: the caller pulls, so pausing is not pulling and stopping is
 * `return()`. Nothing here knows models, methods or screens; evaluation on validation rows happens in the same
 * code that later scores the test rows.
 */
import { createStepRunner } from '../backend/steps';
import { random } from '../core/random';
import type { FloatTensor } from '../core/safetensors';
import { epochBatches } from '../text/batches';
import type { TunedModel } from '../tuning/tuned';
import { drain, predictRows, type Rows, subsetRows } from './rows';
import { scheduleFactor } from './schedule';
import { planSteps, type StepPlan, type TrainingSettings } from './settings';
import { optimizerFor, trainStep } from './step';

export interface StepEvent {
  type: 'step';
  /** Steps finished. */
  step: number;
  epoch: number;
  loss: number;
  learningRate: number;
  gradientNorm: number;
  tokens: number;
  durationMs: number;
}

export interface CheckEvent {
  type: 'check';
  step: number;
  epoch: number;
  /** Mean since the previous check; at step 0, the loss on a sample of training rows. */
  trainLoss: number;
  validationLoss: number;
  accuracy: number;
  /** By validation row. */
  probabilities: number[][];
  correct: Uint8Array;
  best: boolean;
  durationMs: number;
}

export type TrainEvent = StepEvent | CheckEvent;

/** All that is needed to go on as if never interrupted. */
export interface TrainState {
  step: number;
  /** The last step that was checked; a pause may fall between a step and its check. */
  checkedStep: number;
  bestStep: number;
  bestLoss: number;
  bestAccuracy: number;
  checksWithoutGain: number;
  lossSum: number;
  lossCount: number;
  stoppedEarly: boolean;
}

export interface TrainSnapshot {
  state: TrainState;
  /** `weights/…`, `best/…` in torch layout and `moments/…` in the engine's. */
  tensors: Map<string, FloatTensor>;
}

export interface Training {
  readonly plan: StepPlan;
  readonly state: Readonly<TrainState>;
  /** Ends after the last step, on early stopping, or when the loss is no longer a number. */
  events(): AsyncGenerator<TrainEvent, void>;
  snapshot(): Promise<TrainSnapshot>;
  /** @throws bad-weights */
  restore(snapshot: TrainSnapshot): void;
  /** Puts the best weights into the model. */
  takeBest(): void;
  dispose(): void;
}

export interface TrainOptions {
  model: TunedModel;
  train: Rows;
  validation: Rows;
  settings: TrainingSettings;
  now(): number;
}

const STARTING_LOSS_ROWS = 128;

const FRESH: TrainState = {
  step: 0,
  checkedStep: -1,
  bestStep: 0,
  bestLoss: Number.POSITIVE_INFINITY,
  bestAccuracy: -1,
  checksWithoutGain: 0,
  lossSum: 0,
  lossCount: 0,
  stoppedEarly: false,
};

export function createTraining(options: TrainOptions): Training {
  const { model, train, validation, settings, now } = options;
  const plan = planSteps(settings, train.texts.length);
  const optimizer = optimizerFor(model, settings.weightDecay, settings.headRatio);
  const runner = createStepRunner();
  const lengths = train.texts.map((text) => text.ids.length);
  let state: TrainState = { ...FRESH };
  let best: Map<string, FloatTensor> | null = null;

  /** Before any step there is no running mean: the loss on a sample of training rows stands in. */
  async function startingLoss(): Promise<number> {
    const sample = random(settings.seed, 'starting-loss')
      .shuffle(Array.from(train.labels.keys()))
      .slice(0, STARTING_LOSS_ROWS);
    const rows = subsetRows(train, sample);
    return scoreRows(await drain(predictRows(model, rows)), rows.labels).loss;
  }

  async function check(): Promise<CheckEvent> {
    const started = now();
    const probabilities = await drain(predictRows(model, validation));
    const { loss, correct, accuracy } = scoreRows(probabilities, validation.labels);
    const isBest =
      settings.selection === 'loss'
        ? loss < state.bestLoss
        : accuracy > state.bestAccuracy || (accuracy === state.bestAccuracy && loss < state.bestLoss);
    if (isBest) {
      best = await model.read();
      state = {
        ...state,
        bestStep: state.step,
        bestLoss: loss,
        bestAccuracy: accuracy,
        checksWithoutGain: 0,
      };
    } else {
      state = { ...state, checksWithoutGain: state.checksWithoutGain + 1 };
    }
    const trainLoss = state.lossCount === 0 ? await startingLoss() : state.lossSum / state.lossCount;
    // Checks may be closer than a pass: no verdict on a run that has not seen every row.
    const seenAll = state.step >= plan.stepsPerEpoch;
    const enough = settings.patience > 0 && seenAll && state.checksWithoutGain >= settings.patience;
    state = {
      ...state,
      checkedStep: state.step,
      lossSum: 0,
      lossCount: 0,
      stoppedEarly: enough && state.step < plan.totalSteps,
    };
    return {
      type: 'check',
      step: state.step,
      epoch: state.step / plan.stepsPerEpoch,
      trainLoss,
      validationLoss: loss,
      accuracy,
      probabilities,
      correct,
      best: isBest,
      durationMs: now() - started,
    };
  }

  async function step(batches: readonly (readonly number[])[]): Promise<StepEvent> {
    const started = now();
    const factor = scheduleFactor(settings.schedule, state.step, plan.totalSteps, plan.warmupSteps);
    const result = await trainStep({
      model,
      optimizer,
      runner,
      rows: train,
      batches,
      settings,
      step: state.step,
      factor,
    });
    state = {
      ...state,
      step: state.step + 1,
      lossSum: state.lossSum + result.loss,
      lossCount: state.lossCount + 1,
    };
    return {
      type: 'step',
      step: state.step,
      epoch: state.step / plan.stepsPerEpoch,
      loss: result.loss,
      learningRate: settings.learningRate * factor,
      gradientNorm: result.gradientNorm,
      tokens: result.tokens,
      durationMs: now() - started,
    };
  }

  const isCheckDue = (): boolean =>
    state.checkedStep !== state.step &&
    (state.step % plan.evaluateEvery === 0 || state.step === plan.totalSteps);

  async function* events(): AsyncGenerator<TrainEvent, void> {
    let epoch = -1;
    let batches: number[][] = [];
    for (;;) {
      if (isCheckDue()) {
        const checked = await check();
        yield checked;
        if (!Number.isFinite(checked.validationLoss)) return;
      }
      if (state.stoppedEarly || state.step >= plan.totalSteps) return;
      const current = Math.floor(state.step / plan.stepsPerEpoch);
      if (current !== epoch) {
        epoch = current;
        batches = epochBatches(lengths, settings.batchSize, settings.seed, epoch);
      }
      const at = (state.step - epoch * plan.stepsPerEpoch) * settings.accumulation;
      const event = await step(batches.slice(at, at + settings.accumulation));
      yield event;
      if (!Number.isFinite(event.loss)) return;
    }
  }

  return {
    plan,
    get state() {
      return state;
    },
    events,
    async snapshot() {
      const tensors = new Map<string, FloatTensor>();
      for (const [name, tensor] of await model.read()) tensors.set(`weights/${name}`, tensor);
      for (const [name, tensor] of best ?? []) tensors.set(`best/${name}`, tensor);
      for (const [name, tensor] of await optimizer.read()) tensors.set(`moments/${name}`, tensor);
      return { state, tensors };
    },
    restore(snapshot) {
      model.write(pick(snapshot.tensors, 'weights/'));
      optimizer.write(pick(snapshot.tensors, 'moments/'));
      best = pick(snapshot.tensors, 'best/');
      state = snapshot.state;
    },
    takeBest() {
      if (best) model.write(best);
    },
    dispose() {
      runner.dispose();
      optimizer.dispose();
    },
  };
}

function pick(tensors: ReadonlyMap<string, FloatTensor>, prefix: string): Map<string, FloatTensor> {
  return new Map(
    [...tensors]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}

/** Mean negative log-likelihood and which rows are right. */
function scoreRows(
  probabilities: readonly (readonly number[])[],
  labels: Int32Array,
): { loss: number; correct: Uint8Array; accuracy: number } {
  const correct = new Uint8Array(labels.length);
  let loss = 0;
  let right = 0;
  probabilities.forEach((row, i) => {
    const label = labels[i] as number;
    /** f32 softmax underflows to 0; the clip is scikit-learn's for f32. */
    loss -= Math.log(Math.max(row[label] as number, 2 ** -23));
    let top = 0;
    for (let c = 1; c < row.length; c++) if ((row[c] as number) > (row[top] as number)) top = c;
    if (top === label) {
      correct[i] = 1;
      right++;
    }
  });
  return { loss: loss / labels.length, correct, accuracy: right / labels.length };
}
