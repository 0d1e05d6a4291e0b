/**
 * What every tuning method owes, checked for each entry of METHOD_SPECS: a new method joins by its line there.
 * On a tiny random BERT with the method's own default settings.
 */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startBackend } from '../backend/start';
import { createStepRunner } from '../backend/steps';
import { methodDefaults } from '../catalog';
import type { Field, Settings, SettingValue } from '../core/fields';
import type { FloatTensor } from '../core/safetensors';
import { disposeModel, type LoadedModel } from '../model/load';
import { largestGap, rowsOf, trainingOf, tune, valuesOf, WASM } from '../testing/testModels';
import { tinyModel } from '../testing/tinyModel';
import { batchOf, drain, logitsOf, predictRows, type RowCache, type Rows, readTexts } from '../training/rows';
import { gradientsOf, optimizerFor, trainStep } from '../training/step';
import { passSeed, type TrainingPass } from './dropout';
import type { MethodSpec } from './spec';
import { METHOD_SPECS, type MethodId } from './specs';
import { HEAD_BIAS, HEAD_WEIGHT, type TunedModel } from './tuned';

const CLASSES = 3;
const EXAMPLES = [
  { text: 'a very good film', label: 0 },
  { text: 'my card was lost', label: 1 },
  { text: 'the parcel is late again and again', label: 2 },
  { text: 'bad food', label: 0 },
];
const ALL = EXAMPLES.map((_, i) => i);
/** What they add does what no weight of the base could. */
const NOT_MERGEABLE: ReadonlySet<MethodId> = new Set(['adapter', 'prompt', 'prefix']);

let base: LoadedModel;
let rows: Rows;
let tensors = 0;

beforeAll(async () => {
  await startBackend({ choice: 'wasm', wasm: WASM });
  base = await tinyModel();
  rows = rowsOf(base, EXAMPLES);
});

afterAll(() => disposeModel(base));

beforeEach(() => {
  tensors = tf.memory().numTensors;
});

/** Holds for every test of the suite: what it made is gone when it has disposed its models. */
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors);
});

const create = (id: MethodId, seed = 1): Promise<TunedModel> => tune(base, id, { classes: CLASSES, seed });

function logits(model: TunedModel, of: Rows, pass: TrainingPass | null = null): number[] {
  const batch = batchOf(model, of, ALL);
  const values = valuesOf(tf.tidy(() => logitsOf(model, of, ALL, batch, pass)));
  tf.dispose([batch.ids, batch.mask]);
  return values;
}

/** Steps as large as a random base needs; returns the last loss. */
async function train(model: TunedModel, id: MethodId, steps: number, dropout: number): Promise<number> {
  const settings = trainingOf(id, { dropout, learningRate: 2e-3, headRatio: 5 });
  const optimizer = optimizerFor(model, settings.weightDecay, settings.headRatio);
  const runner = createStepRunner();
  let loss = Number.NaN;
  for (let step = 0; step < steps; step++) {
    ({ loss } = await trainStep({
      model,
      optimizer,
      runner,
      rows,
      batches: [ALL],
      settings,
      step,
      factor: 1,
    }));
  }
  optimizer.dispose();
  return loss;
}

async function baseValues(): Promise<Map<string, number[]>> {
  const values = new Map<string, number[]>();
  for (const [name, tensor] of base.weights) values.set(name, Array.from(await tensor.data()));
  return values;
}

/** By variable name, gradients of the mean loss over all examples. */
function gradients(model: TunedModel, of: Rows, pass: TrainingPass | null): Map<string, number[]> {
  const { byName, loss } = gradientsOf(model, of, [ALL], () => pass);
  loss.dispose();
  return new Map([...byName].map(([name, gradient]) => [name, valuesOf(gradient)]));
}

/** The defaults, and each field at its ends. */
function variants({ fields }: MethodSpec): Settings[] {
  const ends = (field: Field): SettingValue[] => {
    switch (field.kind) {
      case 'number':
        return [field.min, field.max];
      case 'layers':
        return [1, 3, 99];
      case 'choice':
        return field.options.map(({ value }) => value);
      case 'switch':
        return [true, false];
      case 'text':
        return ['', 'x'.repeat(field.maxLength)];
      case 'many':
        return [...field.options.map(({ value }) => [value]), field.options.map(({ value }) => value)];
      default:
        return field satisfies never;
    }
  };
  return [{}, ...fields.flatMap((field) => ends(field).map((value) => ({ [field.key]: value })))];
}

const METHODS = Object.entries(METHOD_SPECS) as [MethodId, MethodSpec][];

describe.each(METHODS)('%s', (id, spec) => {
  test('starts as the base model, or as nothing of it, but for what is read before the text', async () => {
    const model = await create(id);
    const untouched = await create('head');
    const gap = largestGap(logits(model, rows), logits(untouched, rows));
    if (model.plan.initial) expect(gap).toBeGreaterThan(1e-2);
    else if (model.plan.virtual) expect(gap).toBeGreaterThan(1e-4);
    else expect(gap).toBeLessThan(1e-6);
    model.dispose();
    untouched.dispose();
  });

  test.each(variants(spec))('declares and moves the same weights with %o', async (changes) => {
    const settings = { ...methodDefaults(id), ...changes };
    const model = await tune(base, id, { settings, classes: CLASSES });
    const { shape } = base.encoder;
    const values = [...model.trainable.values()].reduce((sum, { variable }) => sum + variable.size, 0);
    expect(values).toBe(spec.trainableParameters(shape, settings, CLASSES));

    const parts = spec.parts(shape, settings);
    const partly = new Set<boolean>();
    for (const weight of base.encoder.weights) {
      const state = weight.layer < 0 ? parts.embeddings : parts.layers[weight.layer];
      const moves = model.trainable.has(weight.name);
      if (state === 'partly') partly.add(moves);
      else expect([weight.name, moves]).toEqual([weight.name, state === 'trained']);
    }
    const { virtual } = model.plan;
    const inLayers = virtual?.kind === 'prefix';
    expect(virtual?.count).toBe(spec.virtualTokens?.(settings));
    if (virtual?.kind === 'prompt') expect(parts.embeddings).toBe('adapted');
    // Some weights of such a part move and some do not.
    expect(partly.size).not.toBe(1);
    const adapted = new Set([...model.plan.adapters.keys()].map((name) => /layer\.(\d+)/.exec(name)?.[1]));
    parts.layers.forEach((state, i) => {
      expect(adapted.has(String(i)) || inLayers).toBe(state === 'adapted');
    });
    model.dispose();
  });

  test('moves what it declares, all of it, and nothing else', async () => {
    const model = await create(id);
    const [before, start] = [await baseValues(), await model.read()];
    await train(model, id, 3, 0.1);
    for (const [name, values] of await baseValues()) expect(values).toEqual(before.get(name));
    for (const [name, { data }] of await model.read()) {
      expect([name, largestGap(data, start.get(name)?.data ?? []) > 0]).toEqual([name, true]);
    }
    model.dispose();
  });

  test('answers the same with its change folded into the weights, or refuses to fold it', async () => {
    const model = await create(id);
    const fresh = logits(model, rows);
    await train(model, id, 20, 0);
    const tuned = logits(model, rows);
    expect(largestGap(fresh, tuned)).toBeGreaterThan(1e-2);
    if (NOT_MERGEABLE.has(id)) {
      await expect(model.merged()).rejects.toThrow(/cannot be folded/);
      model.dispose();
      return;
    }
    const merged = await model.merged();
    const mergedBase = await tinyModel(
      new Map([...merged].filter(([name]) => !name.startsWith('classifier.'))),
    );
    const whole = await tune(mergedBase, 'head', { classes: CLASSES });
    whole.write(merged);
    expect(largestGap(logits(whole, rows), tuned)).toBeLessThan(1e-5);
    model.dispose();
    whole.dispose();
    disposeModel(mergedBase);
  });

  test('saves and loads exactly', async () => {
    const model = await create(id);
    await train(model, id, 3, 0.1);
    const saved = await model.read();
    const other = await create(id, 2);
    expect(logits(other, rows)).not.toEqual(logits(model, rows));
    other.write(saved);
    expect(await other.read()).toEqual(saved);
    expect(logits(other, rows)).toEqual(logits(model, rows));
    model.dispose();
    other.dispose();
  });

  test('refuses saved values that do not belong to it', async () => {
    const model = await create(id);
    const saved = await model.read();
    const without = new Map([...saved].filter(([name]) => name !== HEAD_BIAS));
    const misshapen = new Map<string, FloatTensor>(saved).set(HEAD_WEIGHT, {
      shape: [2, 2],
      data: new Float32Array(4),
    });
    expect(() => model.write(without)).toThrow(/classifier\.bias is missing/);
    expect(() => model.write(misshapen)).toThrow(/classifier\.weight is \[2,2\], expected \[3,24\]/);
    model.dispose();
  });

  test('overfits four examples', async () => {
    const model = await create(id);
    const loss = await train(model, id, 150, 0);
    const probabilities = await drain(predictRows(model, rows));
    const right = probabilities.filter((row, i) => row.indexOf(Math.max(...row)) === rows.labels[i]);
    expect(right).toHaveLength(EXAMPLES.length);
    expect(loss).toBeLessThan(0.1);
    model.dispose();
  });

  test('computes the same from what its frozen layers said before', async () => {
    const model = await create(id);
    await train(model, id, 3, 0);
    const { layers } = base.encoder.shape;
    const seed = passSeed(4, '7/0');
    const passes = [null, { dropout: 0.2, seed }];
    for (let level = 1; level <= model.frozenLayers; level++) {
      const { pooled, hidden } = await drain(readTexts(model, rows.texts, level < layers ? level : null));
      const cache: RowCache = { level, values: hidden ?? pooled };
      for (const pass of passes) {
        expect(largestGap(logits(model, { ...rows, cache }, pass), logits(model, rows, pass))).toBeLessThan(
          1e-5,
        );
        const plain = gradients(model, rows, pass);
        for (const [name, values] of gradients(model, { ...rows, cache }, pass)) {
          expect(largestGap(values, plain.get(name) ?? [])).toBeLessThan(1e-5);
        }
      }
    }
    seed.dispose();
    model.dispose();
  });

  test('draws the same masks for the same step and others for another', async () => {
    const model = await create(id);
    const at = (step: string): number[] => {
      const seed = passSeed(4, step);
      const values = logits(model, rows, { dropout: 0.3, seed });
      seed.dispose();
      return values;
    };
    expect(at('1/0')).toEqual(at('1/0'));
    expect(largestGap(at('1/0'), at('2/0'))).toBeGreaterThan(1e-3);
    model.dispose();
  });
});
