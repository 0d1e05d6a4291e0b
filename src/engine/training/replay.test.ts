/** Recorded steps on WebGPU against eager ones: the same losses to the last bit, whatever happens in between. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../backend/start';
import { createStepRunner } from '../backend/steps';
import type { HoneWebGpuBackend } from '../backend/webgpu/backend';
import { disposeModel, type LoadedModel } from '../model/load';
import { provideGpu } from '../testing/gpu';
import { rowsOf, trainingOf, tune, WASM } from '../testing/testModels';
import { poisonFor } from '../testing/testPoison';
import { tinyModel } from '../testing/tinyModel';
import type { MethodId } from '../tuning/specs';
import type { TunedModel } from '../tuning/tuned';
import type { AdamW } from './optimizer';
import { drain, predictRows, type Rows, readTexts } from './rows';
import { optimizerFor, stepMemory, trainStep } from './step';

let base: LoadedModel;
let rows: Rows;

beforeAll(async () => {
  await provideGpu();
  await startBackend({ choice: 'webgpu', wasm: WASM });
  base = await tinyModel();
  rows = rowsOf(base, [
    { text: 'a good film', label: 0 },
    { text: 'the card was lost', label: 1 },
    { text: 'awful food', label: 1 },
    { text: 'my parcel was not the very bad film it was and the refund money was late late late', label: 0 },
    { text: 'great', label: 0 },
    { text: 'it was the late parcel', label: 1 },
  ]);
});

afterAll(() => disposeModel(base));

const gpu = (): HoneWebGpuBackend => tf.backend() as unknown as HoneWebGpuBackend;

/** Two lengths of batches in turn, and one that comes rarely. */
const batchesAt = (step: number): number[][] =>
  step % 11 === 10 ? [[0, 1], [2]] : step % 3 === 2 ? [[2, 4, 5]] : [[0, 1, 3]];

interface Between {
  model: TunedModel;
  optimizer: AdamW;
  rows: Rows;
  step: number;
}

async function losses(
  method: MethodId,
  options: { record: boolean; steps?: number; cached?: boolean; between?: (state: Between) => Promise<void> },
): Promise<number[]> {
  const model = await tune(base, method);
  const settings = trainingOf(method, { dropout: 0.1, learningRate: 1e-3 });
  const optimizer = optimizerFor(model, settings.weightDecay, settings.headRatio);
  const runner = createStepRunner({ record: options.record });
  let used = rows;
  if (options.cached) {
    const { hidden } = await drain(readTexts(model, rows.texts, model.frozenLayers));
    used = { ...rows, cache: { level: model.frozenLayers, values: hidden as Float32Array[] } };
  }
  const found: number[] = [];
  for (let step = 0; step < (options.steps ?? 30); step++) {
    await options.between?.({ model, optimizer, rows: used, step });
    const batches = batchesAt(step);
    const result = await trainStep({
      model,
      optimizer,
      runner,
      rows: used,
      batches,
      settings,
      step,
      factor: 1 - step / 60,
    });
    found.push(result.loss, result.gradientNorm);
  }
  expect(runner.memory() !== null).toBe(options.record);
  runner.dispose();
  optimizer.dispose();
  model.dispose();
  return found;
}

/** Each of the first three goes its own way through recording; the others need only show that they go one of them. */
describe.each<{ method: MethodId; cached?: boolean; steps: number }>([
  { method: 'full', steps: 30 },
  { method: 'lora', steps: 30 },
  { method: 'layerwise', cached: true, steps: 30 },
  { method: 'prompt', steps: 8 },
  { method: 'prefix', steps: 8 },
  { method: 'dora', steps: 8 },
  { method: 'adapter', steps: 8 },
  { method: 'ia3', steps: 8 },
  { method: 'bitfit', steps: 8 },
  { method: 'scratch', steps: 8 },
])('$method', ({ method, cached = false, steps }) => {
  test(`${steps} steps, recorded as eager, twice the same, nothing left over`, async () => {
    const tensors = tf.memory().numTensors;
    const eager = await losses(method, { record: false, cached, steps });
    expect(eager.every(Number.isFinite)).toBe(true);
    expect(new Set(eager).size).toBeGreaterThan((3 * steps) / 2);
    expect(await losses(method, { record: true, cached, steps })).toEqual(eager);
    expect(await losses(method, { record: true, cached, steps })).toEqual(eager);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(gpu().arenaBytes).toBe(0);
  });
});

test.each([{ record: true }, { record: false }])(
  'memory that a step left behind is never read by the next, recorded: $record',
  async ({ record }) => {
    const clean = await losses('full', { record, steps: 12 });
    const poison = poisonFor();
    const between = async (): Promise<void> => expect(poison()).toBeGreaterThan(0);
    expect(await losses('full', { record, steps: 12, between })).toEqual(clean);
  },
);

test('weights are read, written back and predicted with between steps', async () => {
  const disturb = async ({ model, optimizer, rows: used, step }: Between): Promise<void> => {
    if (step === 5) await drain(predictRows(model, used));
    if (step === 7) model.write(await model.read());
    if (step === 9) optimizer.write(await optimizer.read());
  };
  const calm = await losses('full', { record: true, steps: 16 });
  expect(await losses('full', { record: true, steps: 16, between: disturb })).toEqual(calm);
});

test('what restoring puts into the weights is what the next step starts from', async () => {
  const reset = (record: boolean): Promise<number[]> => {
    let first: Awaited<ReturnType<TunedModel['read']>> | null = null;
    return losses('full', {
      record,
      steps: 12,
      between: async ({ model, step }) => {
        if (step === 0) first = await model.read();
        if (step === 6 && first) model.write(first);
      },
    });
  };
  expect(await reset(true)).toEqual(await reset(false));
});

test('memory is known before the first step, and asking changes nothing', async () => {
  const model = await tune(base, 'full');
  const settings = trainingOf('full', { dropout: 0.1 });
  const optimizer = optimizerFor(model, settings.weightDecay, settings.headRatio);
  const runner = createStepRunner();
  const batches = [[0, 1, 3]];
  const options = { model, optimizer, runner, rows, batches, settings, factor: 1 };
  const before = await model.read();
  const tensors = tf.memory().numTensors;
  const planned = stepMemory({ ...options, step: 0 });
  expect(tf.memory().numTensors).toBe(tensors);
  expect(await model.read()).toEqual(before);
  for (let step = 0; step < 3; step++) await trainStep({ ...options, step });
  const taken = runner.memory();
  expect(taken?.live).toBe(planned?.live);
  // What is taken over from other work may be a little longer than asked for.
  expect(Math.abs((taken?.held ?? 0) / (planned?.held ?? 1) - 1)).toBeLessThan(0.25);
  expect(planned?.held).toBeLessThanOrEqual(1.5 * (planned?.live ?? 0));
  runner.dispose();
  optimizer.dispose();
  model.dispose();
});

test('a recorded step makes no buffer and takes one submit', async () => {
  const counts = { createBuffer: 0, createBindGroup: 0 };
  const submits = { submit: 0 };
  const { device } = gpu();
  const watch = <T extends object, K extends keyof T & string>(
    target: T,
    name: K,
    counted: Record<string, number>,
  ): void => {
    const original = target[name] as unknown as (...args: unknown[]) => unknown;
    Object.defineProperty(target, name, {
      configurable: true,
      value: (...args: unknown[]) => {
        counted[name] = (counted[name] ?? 0) + 1;
        return original.apply(target, args);
      },
    });
  };
  watch(device, 'createBuffer', counts);
  watch(device, 'createBindGroup', counts);
  watch(gpu().queue, 'submit', submits);
  const before: number[] = [];
  await losses('full', {
    record: true,
    steps: 8,
    between: async ({ step }) => {
      if (step === 6) Object.assign(counts, { createBuffer: 0, createBindGroup: 0 });
      if (step === 6) submits.submit = 0;
      if (step === 7) before.push(counts.createBuffer, counts.createBindGroup, submits.submit);
    },
  });
  expect(before).toEqual([0, 0, 1]);
});
