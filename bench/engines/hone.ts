/** Hone's engine as the studio's worker starts it. */
import { startBackend } from '../../src/engine/backend/start';
import { createStepRunner } from '../../src/engine/backend/steps';
import { createHoneR1 } from '../../src/engine/bench/honeR1';
import { honeProduct } from '../../src/engine/bench/products';
import { timeRuns } from '../../src/engine/bench/timing';
import { methodDefaults, methodSpec, trainingDefaults } from '../../src/engine/catalog';
import type { LoadedModel } from '../../src/engine/model/load';
import { drain, type Rows, readTexts } from '../../src/engine/training/rows';
import { typedSettings } from '../../src/engine/training/settings';
import { optimizerFor, trainStep } from '../../src/engine/training/step';
import { METHOD_LOADERS } from '../../src/engine/tuning/registry';
import { createTuned, type TunedModel } from '../../src/engine/tuning/tuned';
import { WASM } from '../../src/workers/wasmFiles';
import { watchGpu } from '../counters';
import type { Jobs, Opening, Place, R2Method } from '../jobs';
import { watchTensors } from '../liveBytes';
import { serveJobs } from '../serveJobs';
import { fetchModel, labelsOf, R2_CLASSES, textsOf } from './builtIn';
import { stepTimes, timeProducts } from './tensors';

const SEED = 1;

async function start({ place }: Opening): Promise<void> {
  watchGpu();
  const info = await startBackend({ choice: place, wasm: WASM });
  if (info.id !== place) throw new Error(`Hone did not start on ${place}: ${info.reason}`);
  watchTensors();
}

async function tunedBy(base: LoadedModel, method: R2Method): Promise<TunedModel> {
  const id = method === 'lora-default' ? 'lora' : method;
  const targets = method === 'lora' ? { targets: ['query', 'value'] } : {};
  return createTuned({
    base,
    method: await METHOD_LOADERS[id](),
    spec: methodSpec(id),
    settings: { ...methodDefaults(id), ...targets },
    classes: R2_CLASSES,
    seed: SEED,
  });
}

async function r2(
  { method, rows: count, length, ...repeats }: Jobs['r2']['params'],
  place: Place,
): Promise<Jobs['r2']['result']> {
  const base = await fetchModel();
  const model = await tunedBy(base, method);
  const settings = typedSettings(trainingDefaults(method === 'lora-default' ? 'lora' : method));
  const texts = textsOf(count, length, base.encoder.shape.vocabulary);
  let cache: Rows['cache'] = null;
  if (method === 'layerwise') {
    // What the pipeline does once a run: the frozen layers never say anything else.
    const { hidden } = await drain(readTexts(model, texts, model.frozenLayers));
    if (hidden) cache = { level: model.frozenLayers, values: hidden };
  }
  const rows: Rows = { texts, labels: labelsOf(count), cache };
  const optimizer = optimizerFor(model, settings.weightDecay, settings.headRatio);
  const batches = [texts.map((_, i) => i)];
  const runner = createStepRunner();
  let at = 0;
  const step = async (): Promise<number> => {
    const { loss } = await trainStep({
      model,
      optimizer,
      runner,
      rows,
      batches,
      settings,
      step: at++,
      factor: 1,
    });
    return loss;
  };
  return stepTimes(step, count * length, place, repeats);
}

/** Sentence vectors of texts nobody has asked for before, as the pipeline reads them. */
async function inference({
  rows,
  length,
  ...times
}: Jobs['inference']['params']): Promise<Jobs['inference']['result']> {
  const base = await fetchModel();
  const model = await tunedBy(base, 'full');
  const texts = textsOf(rows, length, base.encoder.shape.vocabulary);
  let vectors: number[] = [];
  const read = async (): Promise<void> => {
    const { pooled } = await drain(readTexts(model, texts, null));
    vectors = pooled.flatMap((vector) => [...vector]);
  };
  const ms = await timeRuns(read, times);
  return { ms, vectors, tokens: rows * length };
}

serveJobs(async (opening) => {
  await start(opening);
  const { place } = opening;
  return {
    async r1({ shape, ...repeats }) {
      const trainer = createHoneR1(shape);
      return stepTimes(trainer.step, shape.rows * shape.length, place, repeats);
    },
    r2: (params) => r2(params, place),
    matmul: (params) => timeProducts(params, honeProduct),
    inference,
  };
});
