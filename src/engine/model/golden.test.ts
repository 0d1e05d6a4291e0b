/** The built-in model against PyTorch and transformers: reference/golden_encoder.py. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../backend/start';
import golden from '../golden/encoder.json';
import { diskFolder } from '../testing/diskFolder';
import { BUILT_IN, builtInModel, largestGap, tune, valuesOf, WASM } from '../testing/testModels';
import { makeBatch } from '../text/batches';
import { HEAD_BIAS, HEAD_WEIGHT, type TunedModel } from '../tuning/tuned';
import { openFolder } from './folder';
import { disposeModel, type LoadedModel, loadModel } from './load';

const TOLERANCE = 1e-4;

let base: LoadedModel;
let model: TunedModel;

beforeAll(async () => {
  await startBackend({ choice: 'wasm', wasm: WASM });
  base = await builtInModel();
  const { weight, bias } = golden.head;
  model = await tune(base, 'head', { classes: bias.length });
  model.write(
    new Map([
      [
        HEAD_WEIGHT,
        { shape: [bias.length, base.encoder.shape.width], data: Float32Array.from(weight.flat()) },
      ],
      [HEAD_BIAS, { shape: [bias.length], data: Float32Array.from(bias) }],
    ]),
  );
});

afterAll(() => {
  model.dispose();
  disposeModel(base);
});

interface Computed {
  /** [B·T, D] with T the padded length. */
  hidden: number[];
  length: number;
  pooled: number[];
  logits: number[];
}

/** The given texts of the golden file in one batch. */
function compute(rows: readonly number[]): Computed {
  const batch = makeBatch(
    rows.map((row) => base.tokenizer.encode(golden.texts[row] as string, golden.max_length)),
    base.tokenizer.padding.id,
  );
  const [hidden, pooled, logits] = tf.tidy(() => {
    const states = model.encode(batch, { from: 0, to: base.encoder.shape.layers }, null);
    const vectors = base.encoder.pool(states, batch);
    return [states, vectors, model.classify(vectors, null)] as const;
  });
  tf.dispose([batch.ids, batch.mask]);
  return {
    hidden: valuesOf(hidden),
    length: batch.length,
    pooled: valuesOf(pooled),
    logits: valuesOf(logits),
  };
}

const all = golden.texts.map((_, row) => row);

test('the golden file belongs to this build of the model', () => {
  expect(JSON.parse(base.files.config).hone.files).toEqual(golden.model.files);
});

test('dropped as a folder it is the same model', async () => {
  const dropped = await loadModel('dropped', await openFolder(diskFolder(BUILT_IN)));
  expect(dropped.encoder).toMatchObject({
    ...{ pooling: base.encoder.pooling, featureScale: base.encoder.featureScale },
    shape: base.encoder.shape,
  });
  expect([...dropped.weights.keys()]).toEqual([...base.weights.keys()]);
  for (const [name, weight] of dropped.weights) {
    const gap = largestGap(await weight.data(), (await base.weights.get(name)?.data()) ?? []);
    expect([name, gap]).toEqual([name, 0]);
  }
  disposeModel(dropped);
});

describe('as transformers computes it', () => {
  test('all texts in one padded batch', () => {
    const { hidden, length, pooled, logits } = compute(all);
    const { width } = base.encoder.shape;
    expect(largestGap(pooled, golden.mean_pooled.flat())).toBeLessThan(TOLERANCE);
    expect(largestGap(logits, golden.logits.flat())).toBeLessThan(TOLERANCE);
    for (const { text, position, values } of golden.hidden) {
      const start = (text * length + position) * width;
      expect(largestGap(hidden.slice(start, start + width), values)).toBeLessThan(TOLERANCE);
    }
  });

  test.each(all)('text %i alone, without the padding of others', (row) => {
    const { pooled, logits } = compute([row]);
    expect(largestGap(pooled, golden.mean_pooled[row] ?? [])).toBeLessThan(TOLERANCE);
    expect(largestGap(logits, golden.logits[row] ?? [])).toBeLessThan(TOLERANCE);
  });
});
