/**
 * all-MiniLM-L6-v2 as its makers published it, in float32, against transformers: reference/golden_minilm.py. Its files
 * are fetched by `python models/minilm/source.py`.
 */
import { existsSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../backend/start';
import { createStepRunner } from '../backend/steps';
import golden from '../golden/minilm.json';
import { diskFolder } from '../testing/diskFolder';
import { largestGap, rowsOf, trainingOf, tune, valuesOf, WASM } from '../testing/testModels';
import { makeBatch } from '../text/batches';
import { optimizerFor, trainStep } from '../training/step';
import { openFolder } from './folder';
import { disposeModel, type LoadedModel, loadModel } from './load';

const TOLERANCE = 1e-4;
const MAX_LENGTH = 256;
const STEPS = 12;

describe.skipIf(!existsSync(golden.folder))(`the original (${golden.folder}, skipped without it)`, () => {
  let base: LoadedModel;

  beforeAll(async () => {
    await startBackend({ choice: 'wasm', wasm: WASM });
    base = await loadModel('original', await openFolder(diskFolder(golden.folder)));
  });

  afterAll(() => disposeModel(base));

  test('is read whole, by the mean of its tokens', () => {
    expect(base).toMatchObject({
      family: 'bert',
      encoder: { pooling: 'mean', shape: { layers: 6, width: 384 } },
    });
    // The pooler's matrix and bias, and the numbers of the places.
    expect(base.notes).toEqual([expect.stringMatching(/pooler/)]);
  });

  test('embeds as transformers does', async () => {
    const model = await tune(base, 'head');
    const batch = makeBatch(
      golden.texts.map((text) => base.tokenizer.encode(text, MAX_LENGTH)),
      base.tokenizer.padding.id,
    );
    const embeddings = tf.tidy(() => {
      const hidden = model.encode(batch, { from: 0, to: base.encoder.shape.layers }, null);
      const pooled = base.encoder.pool(hidden, batch);
      return tf.div(pooled, tf.norm(pooled, 2, 1, true));
    });
    tf.dispose([batch.ids, batch.mask]);
    model.dispose();
    expect(largestGap(valuesOf(embeddings), golden.embeddings.flat())).toBeLessThan(TOLERANCE);
  });

  test('is tuned with LoRA', async () => {
    const model = await tune(base, 'lora');
    const rows = rowsOf(
      base,
      golden.texts.map((text, i) => ({ text, label: i % 2 })),
      32,
    );
    const settings = trainingOf('lora', { dropout: 0, learningRate: 2e-3 });
    const optimizer = optimizerFor(model, settings.weightDecay, settings.headRatio);
    const runner = createStepRunner();
    const losses: number[] = [];
    for (let step = 0; step < STEPS; step++) {
      const batches = [golden.texts.map((_, row) => row)];
      const { loss } = await trainStep({
        model,
        optimizer,
        runner,
        rows,
        batches,
        settings,
        step,
        factor: 1,
      });
      losses.push(loss);
    }
    optimizer.dispose();
    model.dispose();
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 2);
  });
});
