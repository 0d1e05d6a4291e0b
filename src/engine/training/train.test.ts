/** The training loop on a tiny model: resuming, stopping early, keeping the best, ending on a broken loss. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startBackend } from '../backend/start';
import type { Settings } from '../core/fields';
import type { FloatTensor } from '../core/safetensors';
import { disposeModel, type LoadedModel } from '../model/load';
import { largestGap, rowsOf, trainingOf, tune, WASM } from '../testing/testModels';
import { tinyModel } from '../testing/tinyModel';
import type { TunedModel } from '../tuning/tuned';
import { drain, predictRows, type Rows } from './rows';
import { planSteps } from './settings';
import { createTraining, type TrainEvent, type Training, type TrainSnapshot } from './train';

const SUBJECTS = ['film', 'food', 'card', 'parcel', 'money', 'refund'];
/** `good` and `great` against `bad` and `awful`: twenty-four rows that can be learned. */
const ITEMS = SUBJECTS.flatMap((subject) =>
  ['good', 'great', 'bad', 'awful'].map((word, i) => ({
    text: `the ${subject} was ${i % 2 === 0 ? 'very ' : ''}${word}`,
    label: i < 2 ? 0 : 1,
  })),
);

let base: LoadedModel;
let train: Rows;
let validation: Rows;
let tensors = 0;

beforeAll(async () => {
  await startBackend({ choice: 'wasm', wasm: WASM });
  base = await tinyModel();
  train = rowsOf(base, ITEMS.slice(0, 18));
  validation = rowsOf(base, ITEMS.slice(18));
});

afterAll(() => disposeModel(base));

beforeEach(() => {
  tensors = tf.memory().numTensors;
});

afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors);
});

interface Session {
  model: TunedModel;
  training: Training;
  close(): void;
}

const SETTINGS: Settings = {
  epochs: 3,
  batchSize: 4,
  learningRate: 5e-3,
  headRatio: 1,
  dropout: 0.2,
  evaluateEvery: 4,
  patience: 0,
};

async function open(changes: Settings = {}, rows: { validation?: Rows } = {}): Promise<Session> {
  const model = await tune(base, 'lora', { settings: { loraDropout: changes.dropout ?? 0.2 } });
  const settings = trainingOf('lora', { ...SETTINGS, ...changes });
  const training = createTraining({ model, train, validation, ...rows, settings, now: () => 0 });
  return {
    model,
    training,
    close() {
      training.dispose();
      model.dispose();
    },
  };
}

/** Pulls up to `count` events. */
async function pull(training: Training, count = Number.POSITIVE_INFINITY): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of training.events()) {
    events.push(event);
    if (events.length >= count) break;
  }
  return events;
}

describe('the plan', () => {
  test.each([
    { rows: 18, changes: {}, plan: { stepsPerEpoch: 5, totalSteps: 15, warmupSteps: 2, evaluateEvery: 4 } },
    {
      rows: 18,
      changes: { accumulation: 2, evaluateEvery: 0 },
      plan: { stepsPerEpoch: 3, totalSteps: 9, warmupSteps: 1, evaluateEvery: 1 },
    },
    {
      rows: 1000,
      changes: { evaluateEvery: 0, warmup: 0 },
      plan: { stepsPerEpoch: 250, totalSteps: 750, warmupSteps: 0, evaluateEvery: 38 },
    },
  ])('of $rows rows with $changes', ({ rows, changes, plan }) => {
    expect(planSteps(trainingOf('lora', { ...SETTINGS, ...changes }), rows)).toEqual(plan);
  });
});

describe('events', () => {
  test('check before the first step, at the interval and after the last step', async () => {
    const { training, close } = await open();
    const events = await pull(training);
    const steps = events.filter((event) => event.type === 'step');
    const checks = events.filter((event) => event.type === 'check');
    expect(steps.map((event) => event.step)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
    expect(checks.map((event) => event.step)).toEqual([0, 4, 8, 12, 15]);
    expect(steps[0]?.learningRate).toBe(0);
    expect(steps[2]?.learningRate).toBe(5e-3);
    expect(steps[4]?.epoch).toBe(1);
    const mean = steps.slice(4, 8).reduce((sum, { loss }) => sum + loss, 0) / 4;
    expect(checks[2]?.trainLoss).toBeCloseTo(mean, 12);
    expect(checks[0]?.trainLoss).toBeCloseTo(Math.log(2), 1);
    close();
  });

  test('the same seed repeats them exactly, another does not', async () => {
    const runs: TrainEvent[][] = [];
    for (const seed of [1, 1, 2]) {
      const { training, close } = await open({ seed });
      runs.push(await pull(training, 8));
      close();
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).not.toEqual(runs[0]);
  });

  test('batches of 5, 5, 5 and 3 accumulate to the step of all 18', async () => {
    const [whole, parts] = [{ batchSize: 18 }, { batchSize: 5, accumulation: 4 }];
    const runs: number[][] = [];
    for (const changes of [whole, parts]) {
      const { training, close } = await open({ ...changes, dropout: 0, epochs: 8, warmup: 0 });
      const events = await pull(training);
      runs.push(events.flatMap((event) => (event.type === 'step' ? [event.loss, event.gradientNorm] : [])));
      close();
    }
    expect(runs[0]).toHaveLength(16);
    expect(largestGap(runs[1] ?? [], runs[0] ?? [])).toBeLessThan(1e-4);
  });
});

describe('going on from a snapshot', () => {
  /** Steps, checks and weights of a run that is interrupted after `count` events, or never. */
  async function run(count: number | null): Promise<[TrainEvent[], Map<string, FloatTensor>]> {
    const events: TrainEvent[] = [];
    let snapshot: TrainSnapshot | null = null;
    if (count !== null) {
      const { training, close } = await open();
      events.push(...(await pull(training, count)));
      snapshot = await training.snapshot();
      close();
    }
    const { model, training, close } = await open();
    if (snapshot) training.restore(snapshot);
    events.push(...(await pull(training)));
    training.takeBest();
    const weights = await model.read();
    close();
    return [events, weights];
  }

  // 1: after the first check. 3: mid-interval. 5: between step 4 and its check. 8: mid-epoch.
  // 19: between the last step and the last check. 20: after everything.
  test.each([1, 3, 5, 8, 19, 20])('after %i events: as if never interrupted', async (count) => {
    const [events, weights] = await run(count);
    const [whole, end] = await run(null);
    expect(whole).toHaveLength(20);
    expect(events).toEqual(whole);
    expect(weights).toEqual(end);
  });

  test('refuses a snapshot of another model', async () => {
    const { training, close } = await open();
    await pull(training, 1);
    const snapshot = await training.snapshot();
    snapshot.tensors.delete('weights/classifier.bias');
    expect(() => training.restore(snapshot)).toThrow('classifier.bias is missing');
    close();
  });
});

describe('the best', () => {
  /** Validation rows with the labels turned round: the better training goes, the worse they get. */
  const opposed = (): Rows => ({ ...validation, labels: validation.labels.map((label) => 1 - label) });

  test('ends training early when checks stop improving, and is restored', async () => {
    const { model, training, close } = await open(
      { patience: 2, epochs: 20, evaluateEvery: 2, dropout: 0 },
      { validation: opposed() },
    );
    const checks = (await pull(training)).filter((event) => event.type === 'check');
    const losses = checks.map((event) => event.validationLoss);
    const lowest = losses.indexOf(Math.min(...losses));
    expect(training.state).toMatchObject({ stoppedEarly: true, bestStep: checks[lowest]?.step });
    const firstWhole = checks.findIndex(({ step }) => step >= training.plan.stepsPerEpoch);
    expect(checks.length).toBe(Math.max(lowest + 2, firstWhole) + 1);
    expect(checks.map((event) => event.best)).toEqual(
      losses.map((loss, i) => loss < Math.min(Number.POSITIVE_INFINITY, ...losses.slice(0, i))),
    );
    training.takeBest();
    const rows = await drain(predictRows(model, opposed()));
    expect(largestGap(rows.flat(), checks[lowest]?.probabilities.flat() ?? [])).toBe(0);
    close();
  });

  test('is waited for until every row was seen once', async () => {
    const { training, close } = await open(
      { patience: 1, epochs: 20, evaluateEvery: 1, dropout: 0 },
      { validation: opposed() },
    );
    const checks = (await pull(training)).filter((event) => event.type === 'check');
    expect(checks.filter(({ best }) => !best).length).toBeGreaterThan(1);
    expect(training.state).toMatchObject({ stoppedEarly: true, step: training.plan.stepsPerEpoch });
    close();
  });

  test('is not waited for when patience is 0', async () => {
    const { training, close } = await open({ evaluateEvery: 1 }, { validation: opposed() });
    await pull(training);
    expect(training.state).toMatchObject({ step: 15, stoppedEarly: false });
    close();
  });

  test('by accuracy: ties go to the lower loss', async () => {
    const { training, close } = await open({ selection: 'accuracy', evaluateEvery: 1 });
    const checks = (await pull(training)).filter((event) => event.type === 'check');
    const best = checks.reduce((a, b) =>
      b.accuracy > a.accuracy || (b.accuracy === a.accuracy && b.validationLoss < a.validationLoss) ? b : a,
    );
    expect(training.state.bestStep).toBe(best.step);
    close();
  });
});

test('a loss that is no number ends the events, and the best weights come back', async () => {
  const { model, training, close } = await open({
    learningRate: 1,
    headRatio: 1000,
    clipNorm: 100,
    weightDecay: 1,
    schedule: 'constant',
    warmup: 0,
    epochs: 60,
  });
  const events = await pull(training);
  const last = events.at(-1);
  expect(last?.type === 'step' ? last.loss : last?.validationLoss).toBeNaN();
  expect(training.state.step).toBeLessThan(training.plan.totalSteps);
  training.takeBest();
  const probabilities = await drain(predictRows(model, validation));
  expect(probabilities.flat().every(Number.isFinite)).toBe(true);
  close();
});
