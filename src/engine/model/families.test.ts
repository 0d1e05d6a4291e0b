/** Every family against transformers and peft on small checkpoints: reference/golden_families.py. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../backend/start';
import type { FloatTensor } from '../core/safetensors';
import golden from '../golden/families.json';
import { provideGpu } from '../testing/gpu';
import { type Checkpoint, folderOf, madeUp, signedSum } from '../testing/testFamilies';
import { deviationOf, follow } from '../testing/testGolden';
import { largestGap, tune, WASM } from '../testing/testModels';
import { batchOf, logitsOf, type Rows } from '../training/rows';
import { gradientsOf } from '../training/step';
import { HEAD_BIAS, HEAD_WEIGHT, type TunedModel } from '../tuning/tuned';
import { openFolder } from './folder';
import { disposeModel, type LoadedModel, loadModel } from './load';
import { fromBackend } from './weights';

/** Measured was at most 4e-7. */
const LOGITS = 1e-5;
/** Shares of a gradient’s norm; measured were at most 3e-6. */
const GRADIENT = 1e-4;
/** A key bias has no gradient but rounding, for softmax ignores it: a share of the largest norm. */
const NOISE = 1e-6;
/** Shares of PyTorch’s values over ten steps; measured were at most 4e-5, and 5e-4 by the software GPU's arithmetic. */
const STEPS = { wasm: 3e-4, webgpu: 1e-3 };

const { lora, classes } = golden;
const METHODS = {
  full: { id: 'full', settings: {} },
  lora: {
    id: 'lora',
    settings: { rank: lora.r, alpha: lora.lora_alpha, loraDropout: lora.lora_dropout, targets: lora.roles },
  },
} as const;

/** A software WebGPU is slow: one of each family, with what is written in TensorFlow.js's own operations. */
const CHECKPOINTS = {
  wasm: golden.checkpoints,
  webgpu: golden.checkpoints.filter(({ name }) => name.includes('language model')),
};

describe.each(['wasm', 'webgpu'] as const)('on %s', (place) => {
  beforeAll(async () => {
    if (place === 'webgpu') await provideGpu();
    expect(await startBackend({ choice: place, wasm: WASM })).toMatchObject({ id: place });
  });

  describe.each(CHECKPOINTS[place])('$name', (checkpoint) => suite(checkpoint, place));
});

function suite(checkpoint: Checkpoint, place: keyof typeof STEPS): void {
  const [batch] = golden.batches as [number[]];
  const rows: Rows = {
    texts: checkpoint.rows.map((ids) => ({ ids: Int32Array.from(ids), fullLength: ids.length })),
    labels: Int32Array.from(golden.labels),
    cache: null,
  };
  let base: LoadedModel;

  beforeAll(async () => {
    base = await loadModel('made-up', await openFolder(folderOf(checkpoint)));
  });

  afterAll(() => disposeModel(base));

  async function startOf(
    id: keyof typeof METHODS,
  ): Promise<{ model: TunedModel; start: Map<string, FloatTensor> }> {
    const model = await tune(base, id, { settings: METHODS[id].settings, classes });
    const start = await model.read();
    for (const [name, { shape }] of start) {
      if (name.endsWith('lora_A.weight')) start.set(name, madeUp(name, shape));
    }
    start.set(HEAD_WEIGHT, madeUp('head.weight', [classes, base.encoder.shape.width]));
    if (base.encoder.shape.classifierBias) start.set(HEAD_BIAS, madeUp('head.bias', [classes]));
    model.write(start);
    return { model, start };
  }

  test('loads from its files and says what it passed over', () => {
    const stored = Object.values(checkpoint.files).flatMap((tensors) => Object.keys(tensors));
    const passed = stored.length - base.encoder.weights.length;
    expect(base.weights.size).toBe(base.encoder.weights.length + (base.encoder.tables?.size ?? 0));
    expect(base.notes).toHaveLength(passed > 0 ? 1 : 0);
    expect(base.family).toBe(checkpoint.config.model_type);
  });

  test('logits', async () => {
    const { model } = await startOf('full');
    const tokens = batchOf(model, rows, batch);
    const read = tf.tidy(() => logitsOf(model, rows, batch, tokens, null));
    const logits = await read.data();
    tf.dispose([tokens.ids, tokens.mask, read]);
    model.dispose();
    expect(largestGap(logits, checkpoint.logits.flat())).toBeLessThan(LOGITS);
  });

  test('gradients of every weight', async () => {
    const { model } = await startOf('full');
    const { byName, loss } = gradientsOf(model, rows, [batch], () => null);
    loss.dispose();
    const expected = new Map(Object.entries(checkpoint.gradients as unknown as Record<string, number[]>));
    expect([...byName.keys()].sort()).toEqual([...expected.keys()].sort());
    const most = Math.max(...[...expected.values()].map(([norm]) => norm as number));
    for (const [name, gradient] of byName) {
      const { kind } = model.trainable.get(name) as { kind: Parameters<typeof fromBackend>[0] };
      const { data } = await fromBackend(kind, gradient);
      gradient.dispose();
      const [norm, signed] = expected.get(name) as [number, number];
      const found = Math.hypot(...data);
      if (norm < NOISE * most) {
        expect([name, found < 10 * NOISE * most]).toEqual([name, true]);
        continue;
      }
      const gap = Math.max(Math.abs(found - norm), Math.abs(signedSum(data) - signed)) / norm;
      expect([name, gap < GRADIENT, gap]).toEqual([name, true, gap]);
    }
    model.dispose();
  });

  test.each(checkpoint.runs)('ten steps: $name', async (run) => {
    const { model, start } = await startOf(run.name as keyof typeof METHODS);
    const moving = [...model.trainable.values()].reduce((sum, { variable }) => sum + variable.size, 0);
    expect(moving).toBe(run.trained_values);
    const taken = await follow(model, run, rows, (step) => [golden.batches[step] ?? []]);
    const deviation = deviationOf(run, taken, start, await model.read());
    model.dispose();
    expect(run.history).toHaveLength(10);
    expect(deviation.loss).toBeLessThan(STEPS[place]);
    expect(deviation.norm).toBeLessThan(STEPS[place]);
    expect(deviation.change).toBeLessThan(STEPS[place]);
    expect(deviation.rate).toBeLessThan(1e-12);
  });
}
