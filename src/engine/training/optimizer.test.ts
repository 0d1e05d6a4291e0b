/** AdamW, clipping and schedules against torch.optim and transformers: reference/golden_optimizer.py. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../backend/start';
import golden from '../golden/optimizer.json';
import { largestGap, valuesOf, WASM } from '../testing/testModels';
import { clipping, createAdamW, hyperparameters, type OptimizedWeight } from './optimizer';
import { type ScheduleId, scheduleFactor } from './schedule';

/** float32 against float64: shares of a value, or parts of one below 1. */
const TOLERANCE = 1e-6;

beforeAll(async () => {
  await startBackend({ choice: 'wasm', wasm: WASM });
});

type Name = keyof typeof golden.start;
const NAMES = Object.keys(golden.start) as Name[];

/** The golden file's formula, in its flat order. */
function gradient(name: Name, step: number): number[] {
  const values = golden.start[name]
    .flat()
    .map((_, i) => (name === 'matrix' && i === 3 ? 0 : Math.sin(step * (i + 1) + name.length)));
  return values;
}

function shapeOf(name: Name): number[] {
  const [first] = golden.start[name];
  return Array.isArray(first) ? [golden.start[name].length, first.length] : [golden.start[name].length];
}

function createWeights(decay: number): Map<Name, OptimizedWeight> {
  return new Map(
    NAMES.map((name) => {
      const shape = shapeOf(name);
      const variable = tf.tidy(() => tf.variable(tf.tensor(golden.start[name].flat(), shape)));
      return [name, { variable, decay: shape.length === 2 ? decay : 0, rateScale: 1 }];
    }),
  );
}

function gradients(step: number): Map<Name, tf.Tensor> {
  return new Map(NAMES.map((name) => [name, tf.tensor(gradient(name, step), shapeOf(name))]));
}

test('the test draws the golden file’s gradients', () => {
  for (const name of NAMES) {
    expect(largestGap(gradient(name, 1), golden.gradient_at_step_1[name].flat())).toBeLessThan(1e-8);
  }
});

/** Hone keeps torch's default betas, so the case with others is no case of ours. */
const OURS = golden.adamw.filter(({ betas, eps }) => betas[0] === 0.9 && betas[1] === 0.999 && eps === 1e-8);

describe('AdamW', () => {
  test('three of the golden cases use its constants', () => {
    expect(OURS.map(({ name }) => name)).toEqual(['decay', 'no decay', 'clipped']);
  });

  test.each(OURS)('$name, as torch.optim.AdamW', (item) => {
    const before = tf.memory().numTensors;
    const weights = createWeights(item.weight_decay);
    const optimizer = createAdamW(weights);
    for (const [step, expected] of item.steps.entries()) {
      const own = gradients(step);
      const [norm, factor] = clipping(own.values(), item.clip ?? 1e30);
      const hyper = tf.tensor1d(hyperparameters(step + 1, item.lr));
      optimizer.update(own, factor, hyper);
      expect(Math.abs(norm.dataSync()[0] as number) / expected.gradient_norm).toBeCloseTo(1, 6);
      tf.dispose([...own.values(), norm, factor, hyper]);
      for (const name of NAMES) {
        const variable = weights.get(name)?.variable as tf.Variable;
        expect(largestGap(variable.dataSync(), expected[name].flat())).toBeLessThan(4 * TOLERANCE);
      }
    }
    optimizer.dispose();
    for (const { variable } of weights.values()) variable.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('goes on from saved moments as if never stopped', async () => {
    const run = async (stopAt: number | null): Promise<number[]> => {
      const weights = createWeights(0.01);
      let optimizer = createAdamW(weights);
      const one = tf.scalar(1);
      for (let step = 0; step < 6; step++) {
        if (step === stopAt) {
          const saved = await optimizer.read();
          optimizer.dispose();
          optimizer = createAdamW(weights);
          optimizer.write(saved);
        }
        const own = gradients(step);
        const hyper = tf.tensor1d(hyperparameters(step + 1, 0.1));
        optimizer.update(own, one, hyper);
        tf.dispose([...own.values(), hyper]);
      }
      optimizer.dispose();
      one.dispose();
      return [...weights.values()].flatMap(({ variable }) => valuesOf(variable));
    };
    expect(await run(3)).toEqual(await run(null));
  });

  test('refuses moments of other weights by name', async () => {
    const weights = createWeights(0);
    const optimizer = createAdamW(weights);
    const saved = await optimizer.read();
    saved.delete('single.v');
    expect(() => optimizer.write(saved)).toThrow('Saved optimizer state: single.v is missing or misshapen.');
    optimizer.dispose();
    for (const { variable } of weights.values()) variable.dispose();
  });

  test('stops on a weight without a gradient', () => {
    const weights = createWeights(0);
    const optimizer = createAdamW(weights);
    const one = tf.scalar(1);
    const hyper = tf.tensor1d(hyperparameters(1, 0.1));
    expect(() => optimizer.update(new Map(), one, hyper)).toThrow('no gradient for matrix');
    optimizer.dispose();
    tf.dispose([one, hyper]);
    for (const { variable } of weights.values()) variable.dispose();
  });
});

describe('schedules, as transformers', () => {
  test.each(golden.schedules)('$schedule, $warmup_steps of $total_steps', (item) => {
    const own = item.factors.map((_, step) =>
      scheduleFactor(item.schedule as ScheduleId, step, item.total_steps, item.warmup_steps),
    );
    expect(largestGap(own, item.factors)).toBeLessThan(1e-12);
  });
});
