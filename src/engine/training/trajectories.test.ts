/**
 * Thirty steps of a small made-up model (reference/made_up_model.py) on both back ends, eagerly and through the step
 * runner as a run takes them: the runner's to the last bit as the eager ones, and both as PyTorch's. On WebAssembly
 * the runner records nothing.
 */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../backend/start';
import type { FloatTensor } from '../core/safetensors';
import golden from '../golden/training.json';
import { disposeModel, type LoadedModel, loadModel } from '../model/load';
import { familyOf } from '../model/registry';
import { provideGpu } from '../testing/gpu';
import {
  type Deviation,
  deviationOf,
  follow,
  type GoldenRun,
  startOf,
  type Trajectory,
} from '../testing/testGolden';
import { WASM } from '../testing/testModels';
import { type Poison, poisonFor } from '../testing/testPoison';
import { tinyFiles } from '../testing/tinyModel';
import type { Rows } from './rows';

const made = golden.made_up;

/** The weights that reference/made_up_model.py makes. */
function weights(): Map<string, FloatTensor> {
  const specs = familyOf(made.config).fromConfig(made.config).weights;
  const sorted = specs.map(({ name }) => name).sort();
  return new Map(
    specs.map(({ name, shape }) => {
      const { mean, spread } = made.weights.find(({ ending }) => name.endsWith(ending)) ?? {
        mean: 0,
        spread: 0,
      };
      const place = sorted.indexOf(name);
      const length = shape.reduce((a, b) => a * b, 1);
      const data = Float32Array.from(
        { length },
        (_, i) => mean + spread * Math.sin(0.37 * (i + 1) ** 2 + place),
      );
      return [name, { shape: [...shape], data }];
    }),
  );
}

const rows: Rows = {
  texts: made.rows.map(({ ids }) => ({ ids: Int32Array.from(ids), fullLength: ids.length })),
  labels: Int32Array.from(made.rows, ({ label }) => label),
  cache: null,
};

/** Shares of PyTorch's values; measured were at most 4e-6, 2e-5 and 8e-6 (WebGPU: a tenth of that). */
const LOSS = 3e-5;
const NORM = 1e-4;
const CHANGE = 1e-4;
/** Of single weights; measured was at most 6e-7. */
const VALUE = 5e-6;

/** A software WebGPU takes ten seconds a run; layer-wise steps are recorded in replay.test.ts, too. */
const RUNS = { wasm: made.runs, webgpu: made.runs.filter(({ name }) => name !== 'layerwise') };

describe.each(['wasm', 'webgpu'] as const)('on %s', (backend) => {
  let base: LoadedModel;
  let poison: Poison;
  let tensors = 0;

  beforeAll(async () => {
    if (backend === 'webgpu') await provideGpu();
    expect(await startBackend({ choice: backend, wasm: WASM })).toMatchObject({ id: backend });
    poison = poisonFor();
    tensors = tf.memory().numTensors;
    base = await loadModel('made-up', await tinyFiles(weights(), made.config));
  });

  afterAll(() => {
    disposeModel(base);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  async function train(
    run: GoldenRun,
    options: { record: boolean; before?: () => void },
  ): Promise<{ taken: Trajectory; end: Map<string, FloatTensor>; deviation: Deviation }> {
    const { model, start } = await startOf(base, run, made.classes);
    const taken = await follow(model, run, rows, (step) => [made.batches[step] ?? []], options);
    const end = await model.read();
    model.dispose();
    return { taken, end, deviation: deviationOf(run, taken, start, end) };
  }

  test.each(RUNS[backend])('$name: eager = replayed = PyTorch', async (run) => {
    expect(run.history).toHaveLength(30);
    const [eager, replayed] = [await train(run, { record: false }), await train(run, { record: true })];
    expect(replayed).toEqual(eager);
    expect(eager.deviation.loss).toBeLessThan(LOSS);
    expect(eager.deviation.norm).toBeLessThan(NORM);
    expect(eager.deviation.change).toBeLessThan(CHANGE);
    expect(eager.deviation.value).toBeLessThan(VALUE);
    expect(eager.deviation.rate).toBeLessThan(1e-12);
  });

  // On WebGPU replay.test.ts does it, at every shape that it records.
  if (backend === 'webgpu') return;
  test('what holds nothing may hold NaN before each step', async () => {
    for (const run of RUNS[backend]) {
      const clean = await train(run, { record: true });
      const before = (): void => expect(poison()).toBeGreaterThan(0);
      expect(await train(run, { record: true, before })).toEqual(clean);
    }
  });
});
