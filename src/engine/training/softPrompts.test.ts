/** Prompt and prefix tuning against peft on the exported model, step by step: reference/golden_soft_prompts.py. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../backend/start';
import { createStepRunner } from '../backend/steps';
import type { FloatTensor } from '../core/safetensors';
import golden from '../golden/soft_prompts.json';
import { disposeModel, type LoadedModel } from '../model/load';
import { builtInModel, largestGap, rowsOf, trainingOf, tune, valuesOf, WASM } from '../testing/testModels';
import { PROMPT_TEXT } from '../tuning/prompt/spec';
import { HEAD_BIAS, HEAD_WEIGHT, type TunedModel } from '../tuning/tuned';
import { drain, predictRows, type Rows, subsetRows } from './rows';
import { scheduleFactor } from './schedule';
import { gradientsOf, optimizerFor, trainStep } from './step';

/** Shares of peft's value. The exported model pools at a gain of 2^26, which costs a few digits. */
const LOSS = 1e-4;
const GRADIENT = 1e-3;
const CHANGE = 1e-3;
const VALUE = 2e-5;

let base: LoadedModel;
let rows: Rows;

beforeAll(async () => {
  await startBackend({ choice: 'wasm', wasm: WASM });
  base = await builtInModel();
  rows = rowsOf(base, golden.rows, golden.max_length);
});

afterAll(() => disposeModel(base));

/** The start that the golden file's formulas give. */
async function startOf(model: TunedModel, spread: number): Promise<Map<string, FloatTensor>> {
  const values = await model.read();
  const { width } = base.encoder.shape;
  const filled = (name: string, columns: number, value: (i: number, j: number) => number): void => {
    const { shape, data } = values.get(name) as FloatTensor;
    values.set(name, { shape, data: data.map((_, at) => value(Math.floor(at / columns), at % columns)) });
  };
  filled(HEAD_WEIGHT, width, (i, j) => 0.02 * Math.sin(7 * i + 3 * j + 1));
  filled(HEAD_BIAS, 1, () => 0);
  const columns = values.get('prompt_embeddings')?.shape[1] ?? 0;
  filled('prompt_embeddings', columns, (i, j) => spread * Math.sin(131 * i + 17 * j));
  return values;
}

const share = (value: number, expected: number): number => Math.abs(value / expected - 1);

describe.each(['prompt', 'prefix'] as const)('%s tuning follows peft', (id) => {
  const expected = golden[id];
  const settings = { virtualTokens: golden.virtual_tokens };
  const batch = golden.batches[0] ?? [];

  test('before the first step: answers and gradients', async () => {
    const model = await tune(base, id, { settings, classes: golden.labels.length });
    model.write(await startOf(model, expected.spread));
    const first = subsetRows(rows, batch);
    const probabilities = await drain(predictRows(model, first));
    const softmax = expected.start.logits.map((logits) => {
      const raised = logits.map(Math.exp);
      return raised.map((value) => value / raised.reduce((a, b) => a + b, 0));
    });
    expect(largestGap(probabilities.flat(), softmax.flat())).toBeLessThan(1e-5);

    const { byName, loss } = gradientsOf(model, rows, [batch], () => null);
    expect([...byName.keys()].sort()).toEqual([HEAD_BIAS, HEAD_WEIGHT, 'prompt_embeddings']);
    expect(share(valuesOf(loss)[0] as number, expected.start.loss)).toBeLessThan(LOSS);
    const gradients = new Map([...byName].map(([name, gradient]) => [name, valuesOf(gradient)]));
    const gradient = gradients.get('prompt_embeddings') ?? [];
    const { indices, values, l2 } = expected.start.gradient;
    expect(share(Math.hypot(...gradient), l2)).toBeLessThan(GRADIENT);
    const each = Math.abs(l2) / Math.sqrt(gradient.length);
    indices.forEach((index, i) => {
      expect(Math.abs((gradient[index] as number) - (values[i] as number))).toBeLessThan(
        GRADIENT * 10 * each,
      );
    });
    model.dispose();
  });

  test('for ten steps', { timeout: 120_000 }, async () => {
    const model = await tune(base, id, { settings, classes: golden.labels.length });
    const start = await startOf(model, expected.spread);
    model.write(start);
    const trained = [...model.trainable.values()].reduce((sum, { variable }) => sum + variable.size, 0);
    expect(trained).toBe(expected.trained_values);
    const training = trainingOf(id, {
      learningRate: golden.peak_lr,
      headRatio: 1,
      weightDecay: golden.weight_decay,
      clipNorm: golden.clip_norm,
      dropout: 0,
    });
    const optimizer = optimizerFor(model, training.weightDecay, training.headRatio);
    const { history } = expected;
    for (const [step, { loss, gradient_norm }] of history.entries()) {
      const result = await trainStep({
        model,
        optimizer,
        runner: createStepRunner(),
        rows,
        batches: [golden.batches[step] ?? []],
        settings: training,
        step,
        factor: scheduleFactor('linear', step, history.length, golden.warmup_steps),
      });
      expect(share(result.loss, loss)).toBeLessThan(LOSS);
      expect(share(result.gradientNorm, gradient_norm)).toBeLessThan(GRADIENT);
    }
    optimizer.dispose();

    const [before, after] = [start, await model.read()].map(
      (values) => values.get('prompt_embeddings')?.data,
    );
    const change = Math.hypot(...(after ?? []).map((value, i) => value - (before?.[i] ?? Number.NaN)));
    expect(share(change, expected.end.change_l2)).toBeLessThan(CHANGE);
    expected.end.indices.forEach((index, i) => {
      expect(Math.abs((after?.[index] ?? Number.NaN) - (expected.end.values[i] as number))).toBeLessThan(
        VALUE,
      );
    });
    model.dispose();
  });
});

test('a prompt starts from the tokens that peft takes of the same text', async () => {
  expect(golden.text_start.text).toBe(PROMPT_TEXT);
  const model = await tune(base, 'prompt', { settings: { virtualTokens: golden.text_start.rows.length } });
  const { data } = (await model.read()).get('prompt_embeddings') as FloatTensor;
  const { width } = base.encoder.shape;
  golden.text_start.rows.forEach((values, row) => {
    expect([...data.subarray(row * width, row * width + 2)]).toEqual(values.map(Math.fround));
  });
  model.dispose();
});
