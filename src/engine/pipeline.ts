/**
 * One run from rows to report, read top to bottom: data, tokens, the untouched model, tuning, training, testing.
 * The page, the command line, the benchmark and the tests all use this one generator of events. Same config +
 * rows + backend = same report. Runs on the same rows and model may share what is read of them.
 */
import { assertTrustworthy } from './backend/start';
import { methodSpec, validateSettings } from './catalog';
import type { RunConfig } from './core/config';
import type { RunEvent } from './core/events';
import type { RunReport } from './core/report';
import { loadHead, saveHead, storeResult } from './pipeline/artifacts';
import {
  createProbe,
  describedHead,
  fitHead,
  readBase,
  readDescriptions,
  type SharedReading,
  validationSample,
  zeroShotRows,
} from './pipeline/baseline';
import { createLog, pinRows } from './pipeline/log';
import { phaseClock, reported } from './pipeline/phases';
import type { Ports, RunControl, RunRequest } from './pipeline/ports';
import { checkLength, readDataset, tokenize } from './pipeline/prepare';
import { buildReport, finalPredictions } from './pipeline/report';
import { trainingEvents, warmUp } from './pipeline/training';
import { predictRows, timeRows } from './training/rows';
import { typedSettings } from './training/settings';
import { createTraining } from './training/train';
import { loadMethod } from './tuning/registry';
import { createTuned, HEAD_BIAS, HEAD_WEIGHT } from './tuning/tuned';

/**
 * @throws EngineError for bad data, settings or models; partial work stays in storage under the run's id.
 * `return()` cancels; every tensor made here is freed either way.
 */
export async function* pipeline(
  request: RunRequest,
  config: RunConfig,
  ports: Ports,
  control: RunControl,
  shared: SharedReading | null = null,
): AsyncGenerator<RunEvent, RunReport> {
  const clock = phaseClock(ports.now);
  const started = ports.now();
  const owned: { dispose(): void }[] = [];
  try {
    yield clock.enter('loading');
    const spec = methodSpec(config.method.id);
    const chosen = validateSettings(config);
    const settings = typedSettings(chosen.training);
    const filled: RunConfig = {
      ...config,
      method: { id: spec.id, settings: { ...chosen.method } },
      training: { ...chosen.training },
    };
    const base = await ports.loadModel(config.model.id);
    checkLength(settings.maxLength, base, spec.virtualTokens?.(chosen.method));
    const dataset = shared?.data.dataset ?? (await readDataset(config, ports));
    const earlier = request.resume ? await loadHead(ports.storage, request.id) : null;
    const guessed = { ...earlier?.guessed, ...request.guessed };
    await saveHead(ports.storage, {
      version: 1,
      id: request.id,
      name: request.name,
      createdAt: earlier?.createdAt ?? new Date().toISOString(),
      config: filled,
      guessed,
    });

    yield clock.enter('tokenizing');
    const data = shared?.data ?? (yield* tokenize(dataset, base, settings.maxLength));

    yield clock.enter('baselines');
    const classes = dataset.classes;
    const probe = await createProbe(base, classes.length, settings.seed);
    owned.push(probe);
    const method = await loadMethod(spec.id);
    const tuned = createTuned({
      base,
      method,
      spec,
      settings: chosen.method,
      classes: classes.length,
      seed: settings.seed,
    });
    owned.push(tuned);
    const reading = yield* readBase(probe, data, tuned.frozenLayers, ports.now, shared?.pooled);
    const descriptions = await readDescriptions(probe, classes, config, settings.maxLength);
    const [beforeValidation = [], beforeTest = []] = zeroShotRows(
      [reading.pooled.validation, reading.pooled.test],
      descriptions,
    );
    const isHead = spec.id === 'head';
    const wantsHead = !isHead && (config.baselines || settings.headStart === 'probe');
    const head = wantsHead ? yield* fitHead(probe, reading.pooled, settings.seed, ports.now) : null;
    const start =
      settings.headStart === 'descriptions' ? await describedHead(probe, descriptions) : head?.weights;
    if (start && settings.headStart !== 'random') tuned.adopt(start, [HEAD_WEIGHT, HEAD_BIAS]);

    yield clock.enter('warming-up');
    const validation = validationSample(reading.forMethod.validation, settings.seed);
    const training = createTraining({
      model: tuned,
      train: reading.forMethod.train,
      validation,
      settings,
      now: ports.now,
    });
    owned.push(training);
    await warmUp(tuned, reading.forMethod.train);
    const pinned = pinRows(validation, settings.seed);
    const log = createLog({
      validation,
      classes: classes.length,
      totalSteps: training.plan.totalSteps,
      pinned,
    });
    const run = {
      request,
      config: filled,
      ports,
      control,
      data,
      tuned,
      training,
      log,
      pinned,
      beforeValidation,
    };

    yield clock.enter('training');
    if (reading.warning) yield log.warn('prefix-not-kept', 0, reading.warning);
    const memory = yield* trainingEvents(run, validation);

    yield clock.enter('testing');
    training.takeBest();
    const after = yield* reported(
      'testing',
      'Predicting the test rows with the tuned model',
      predictRows(tuned, reading.forMethod.test),
      ports.now,
    );
    const rowMs = await timeRows(tuned, data.splits.test.rows, ports.now);
    assertTrustworthy();
    const predictions = finalPredictions(data, beforeTest, after, head?.test ?? null);
    const report = buildReport({
      ...run,
      clock,
      started,
      memory,
      predictions,
      spec,
      headMeasured: config.baselines,
      rowMs,
    });
    await storeResult(ports.storage, { report, predictions }, await tuned.read());
    yield { type: 'done', report };
    return report;
  } finally {
    for (const item of owned.reverse()) item.dispose();
  }
}
