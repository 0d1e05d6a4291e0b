/** Whole runs on a tiny model: what they tell, what they leave behind, and that nothing from outside changes them. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startBackend } from './backend/start';
import { PHASES, type RunEvent, runEventSchema } from './core/events';
import { runReportSchema } from './core/report';
import { memoryStorage, type Storage } from './core/storage';
import { disposeModel, type LoadedModel } from './model/load';
import { pipeline } from './pipeline';
import { listRunIds, loadFinished, loadHead, loadTrained, runFolder } from './pipeline/artifacts';
import { estimateRun } from './pipeline/estimate';
import { WASM } from './testing/testModels';
import { findings, OPTIONS, RUN_ID, runAll, runConfig, type TestRun, testPorts } from './testing/testRun';
import { tinyModel } from './testing/tinyModel';
import { checkpointProgress } from './training/checkpoint';

let base: LoadedModel;
let tensors = 0;

beforeAll(async () => {
  await startBackend({ choice: 'wasm', wasm: WASM });
  base = await tinyModel();
});

afterAll(() => disposeModel(base));

beforeEach(() => {
  tensors = tf.memory().numTensors;
});

/** However a run ends, every tensor it made is freed. */
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors);
});

type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

function only<T extends RunEvent['type']>(events: readonly RunEvent[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}

const wholeRuns = new Map<string, Promise<TestRun>>();

/** The run that nothing disturbs, made once a method. */
function wholeRun(method: string): Promise<TestRun> {
  const made = wholeRuns.get(method) ?? runAll(base, runConfig(method));
  wholeRuns.set(method, made);
  return made;
}

describe('a run', () => {
  test('tells its phases in order, its plan before its steps, and its report last', async () => {
    const { events, report } = await wholeRun('lora');
    for (const event of events) expect(runEventSchema.parse(event)).toEqual(event);
    const phases = only(events, 'phase').map(({ phase }) => phase);
    expect(phases.filter((phase, i) => phase !== phases[i - 1])).toEqual(PHASES);
    const types = events.map(({ type }) => type);
    expect(types.indexOf('plan')).toBeLessThan(types.indexOf('evaluation'));
    expect(types.indexOf('evaluation')).toBeLessThan(types.indexOf('step'));
    expect(types.filter((type) => type === 'plan' || type === 'done')).toEqual(['plan', 'done']);
    expect(types.at(-1)).toBe('done');
    expect(only(events, 'evaluation').map(({ step }) => step)).toEqual([0, 5, 10, 15, 20, 21]);
    expect(only(events, 'step').map(({ step }) => step)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
    expect(only(events, 'plan')[0]).toMatchObject({
      totalSteps: 21,
      stepsPerEpoch: 7,
      classes: ['bad', 'good'],
      resumedFromStep: 0,
    });
    expect(only(events, 'done')[0]?.report).toEqual(report);
  });

  test('ends in a report whose numbers agree with the stored predictions', async () => {
    const { report, storage } = await wholeRun('lora');
    expect(runReportSchema.parse(report)).toEqual(report);
    const stored = await loadFinished(storage, RUN_ID);
    expect(stored.report).toEqual(report);
    const { rows, classes } = stored.predictions;
    expect(classes).toEqual(['bad', 'good']);
    const right = (arm: 'before' | 'after' | 'head'): number =>
      rows.filter((row) => (row[arm]?.[1] ?? 0) > 0.5 === (row.expected === 1)).length / rows.length;
    expect(report?.before.accuracy).toBe(right('before'));
    expect(report?.after.accuracy).toBe(right('after'));
    expect(report?.after.accuracy).toBeGreaterThan(0.9);
    expect(report?.baselines.map(({ id }) => id)).toEqual(['majority', 'head']);
    expect(report?.baselines[1]?.scores.accuracy).toBe(right('head'));
    expect(report?.data).toMatchObject({ rows: 80, kept: 80, class_counts: [40, 40], truncated: 0 });
    expect(report?.data.splits).toEqual({ train: 52, validation: 12, test: 16 });
    expect(rows).toHaveLength(16);
    expect(report?.config.training).toMatchObject({ epochs: 3, weightDecay: 0.01 });
    expect(report?.config.method.settings).toMatchObject({ rank: 8 });
    expect((await loadHead(storage, RUN_ID))?.config).toEqual(report?.config);
    expect([...(await loadTrained(storage, RUN_ID)).keys()]).toContain('classifier.weight');
    expect(await checkpointProgress(storage, runFolder(RUN_ID))).toBeNull();
  });

  test.each(['lora', 'layerwise'])('%s: the same config gives the same report', async (method) => {
    const [first, second] = [await wholeRun(method), await runAll(base, runConfig(method))];
    expect(findings(second)).toEqual(findings(first));
    expect(second.events.slice(0, -1)).toEqual(first.events.slice(0, -1));
    expect(findings(await runAll(base, runConfig(method, { seed: 2 }))).history).not.toEqual(
      findings(first).history,
    );
  });

  test('scores on an official test file when there is one', async () => {
    const config = runConfig('head');
    const testFile = { name: 'test.csv', hash: 'test-file', options: OPTIONS };
    const { report, storage } = await runAll(base, { ...config, data: { ...config.data, testFile } });
    expect(report?.data.splits.test).toBe(3);
    const { predictions } = await loadFinished(storage, RUN_ID);
    expect(predictions.rows.map(({ text }) => text)).toEqual([
      'a good film',
      'a bad film',
      'it was great food',
    ]);
  });
});

describe('baselines', () => {
  test('the head is not compared with itself', async () => {
    const { report, storage } = await runAll(base, runConfig('head', { learningRate: 1e-2 }));
    expect(report?.baselines.map(({ id }) => id)).toEqual(['majority']);
    expect((await loadFinished(storage, RUN_ID)).predictions.rows[0]).not.toHaveProperty('head');
    expect(report?.method).toEqual({ id: 'head', trainable_parameters: 24 * 2 + 2 });
  });

  test('are left out when not wanted, also where the head gives the start', async () => {
    const { report } = await runAll(base, runConfig('lora', {}, { baselines: false }));
    expect(report?.baselines).toEqual([]);
  });

  test('a start from the fitted head is better than a random one', async () => {
    const first = async (headStart: string): Promise<number> => {
      const { events } = await runAll(base, runConfig('lora', { headStart }), {
        watch: ({ type }) => (type === 'evaluation' ? 'leave' : undefined),
      });
      return only(events, 'evaluation')[0]?.validation_loss ?? Number.NaN;
    };
    const [probe, random] = [await first('probe'), await first('random')];
    expect(probe).toBeLessThan(random - 0.05);
    expect([probe, random]).not.toContain(await first('descriptions'));
  });
});

test('texts must fit behind the virtual tokens', async () => {
  await expect(runAll(base, runConfig('prompt', { maxLength: 48 }))).rejects.toMatchObject({
    code: 'bad-setting',
    message: '“Max length” is 48 tokens behind 20 virtual ones; tiny reads at most 64.',
    hint: 'Set it to 40 or less.',
  });
});

describe('steering', () => {
  test('stop ends after the step and tests the best weights, not the last', async () => {
    const stopped = (type: RunEvent['type'], step: number): Promise<TestRun> =>
      runAll(base, runConfig('full'), {
        watch: (event, control) => {
          if (event.type === type && 'step' in event && event.step === step) control.stopRequested = true;
          return undefined;
        },
      });
    const [later, atBest] = [await stopped('step', 8), await stopped('evaluation', 5)];
    const byHand = { stopped_early: true, stopped_by: 'hand', best_step: 5 };
    expect(later.report).toMatchObject({ ...byHand, total_steps: 8 });
    expect(atBest.report).toMatchObject({ ...byHand, total_steps: 5 });
    expect(await loadTrained(later.storage, RUN_ID)).toEqual(await loadTrained(atBest.storage, RUN_ID));
    expect(later.report?.after).toEqual(atBest.report?.after);
  });

  test('a run that gave up by itself was not stopped by hand, even when asked to stop just then', async () => {
    const settings = { learningRate: 0.1, patience: 1, epochs: 20 };
    const { report } = await runAll(base, runConfig('full', settings), {
      watch: (event, control) => {
        const seenAll = event.type === 'evaluation' && event.epoch >= 1;
        if (seenAll && !event.best) control.stopRequested = true;
        return undefined;
      },
    });
    expect(report).toMatchObject({ stopped_early: true, stopped_by: 'patience' });
    expect((await wholeRun('full')).report).not.toHaveProperty('stopped_by');
  });

  test.each([7, 10, 21])('pause at step %i saves, waits, and changes nothing', async (at) => {
    const whole = await wholeRun('full');
    let go: () => void = () => undefined;
    let waited = false;
    const paused = await runAll(base, runConfig('full'), {
      watch: (event, control) => {
        if (event.type === 'step' && event.step === at) {
          control.paused = new Promise((resolve) => {
            go = () => {
              control.paused = null;
              resolve();
            };
          });
        }
        if (event.type === 'checkpoint' && control.paused) {
          setTimeout(() => {
            waited = true;
            go();
          }, 20);
        }
        return undefined;
      },
    });
    expect(waited).toBe(true);
    const saved = only(paused.events, 'checkpoint').map(({ step }) => step);
    expect(saved).toContain(at);
    expect(findings(paused)).toEqual(findings(whole));
  });

  test.each(PHASES)('cancel in “%s” frees every tensor', async (phase) => {
    const { report } = await runAll(base, runConfig('layerwise'), {
      watch: (event) => (event.type === 'phase' && event.phase === phase ? 'leave' : undefined),
    });
    expect(report).toBeNull();
  });

  test.each(['step', 'evaluation', 'checkpoint'])('cancel at a %s frees every tensor', async (type) => {
    await runAll(base, runConfig('full'), { watch: (event) => (event.type === type ? 'leave' : undefined) });
  });
});

describe('an interrupted run', () => {
  /** Leaves the run at its nth checkpoint, or some steps later. */
  async function interrupted(method: string, leave: { checkpoint: number; later: number }): Promise<Storage> {
    let checkpoints = 0;
    let since = 0;
    const { storage } = await runAll(base, runConfig(method), {
      watch: ({ type }) => {
        if (type === 'checkpoint') checkpoints++;
        if (checkpoints >= leave.checkpoint && since++ >= leave.later) return 'leave';
        return undefined;
      },
    });
    return storage;
  }

  const POINTS = [
    { method: 'lora', checkpoint: 1, later: 0 },
    { method: 'lora', checkpoint: 2, later: 3 },
    { method: 'layerwise', checkpoint: 2, later: 0 },
    { method: 'full', checkpoint: 2, later: 2 },
    { method: 'head', checkpoint: 1, later: 4 },
  ];

  test.each(POINTS)(
    '$method, checkpoint $checkpoint and $later events: goes on as if never interrupted',
    async ({ method, ...leave }) => {
      const storage = await interrupted(method, leave);
      const progress = await checkpointProgress(storage, runFolder(RUN_ID));
      expect(progress?.totalSteps).toBe(21);
      const resumed = await runAll(base, runConfig(method), { storage, resume: true });
      expect(only(resumed.events, 'plan')[0]?.resumedFromStep).toBe(progress?.step);
      const whole = await wholeRun(method);
      expect(findings(resumed)).toEqual(findings(whole));
      const [own, other] = [await loadFinished(storage, RUN_ID), await loadFinished(whole.storage, RUN_ID)];
      expect(own.predictions).toEqual(other.predictions);
      expect(await loadTrained(storage, RUN_ID)).toEqual(await loadTrained(whole.storage, RUN_ID));
    },
  );

  test('comes back stopped when it was stopping: no step more, then the test', async () => {
    const storage = await interrupted('full', { checkpoint: 2, later: 3 });
    const at = (await checkpointProgress(storage, runFolder(RUN_ID)))?.step ?? 0;
    const { events, report } = await runAll(base, runConfig('full'), {
      storage,
      resume: true,
      watch: (event, control) => {
        if (event.type === 'phase' && event.phase === 'loading') control.stopRequested = true;
        return undefined;
      },
    });
    expect(only(events, 'step')).toEqual([]);
    expect(report).toMatchObject({ total_steps: at, stopped_by: 'hand' });
    expect(report?.after.n).toBe(16);
  });

  test('comes back paused when it was paused: no step until it may go on, then the same result', async () => {
    const storage = await interrupted('full', { checkpoint: 2, later: 3 });
    let steps = 0;
    let stepsWhilePaused = Number.NaN;
    let go: () => void = () => undefined;
    const resumed = await runAll(base, runConfig('full'), {
      storage,
      resume: true,
      watch: (event, control) => {
        if (event.type === 'step') steps++;
        if (event.type !== 'phase') return undefined;
        control.paused ??= new Promise((resolve) => {
          go = () => {
            stepsWhilePaused = steps;
            control.paused = null;
            resolve();
          };
        });
        if (event.phase === 'training') setTimeout(go, 300);
        return undefined;
      },
    });
    expect(stepsWhilePaused).toBe(0);
    expect(findings(resumed)).toEqual(findings(await wholeRun('full')));
  });

  test('tells again what it had found', async () => {
    const storage = await interrupted('lora', { checkpoint: 2, later: 0 });
    const { events } = await runAll(base, runConfig('lora'), { storage, resume: true });
    const steps = only(events, 'evaluation').map(({ step }) => step);
    expect(steps).toEqual([0, 5, 10, 15, 20, 21]);
    const from = only(events, 'plan')[0]?.resumedFromStep ?? 0;
    expect(only(events, 'verdict')[0]?.step).toBe(from);
  });

  test('starts again, and says so, when no checkpoint can be read', async () => {
    const storage = await interrupted('lora', { checkpoint: 2, later: 0 });
    for (const slot of ['a', 'b']) {
      await storage.write(`${runFolder(RUN_ID)}/checkpoint-${slot}.safetensors`, new Uint8Array(9));
    }
    const resumed = await runAll(base, runConfig('lora'), { storage, resume: true });
    expect(only(resumed.events, 'plan')[0]?.resumedFromStep).toBe(0);
    expect(resumed.report?.warnings).toMatchObject([{ code: 'checkpoint-damaged', step: 0 }]);
    const whole = await wholeRun('lora');
    expect(findings(resumed).after).toEqual(findings(whole).after);
  });
});

describe('trouble', () => {
  test('full storage is told once; training goes on and the result is kept', async () => {
    const whole = await wholeRun('full');
    const room = (await whole.storage.size(runFolder(RUN_ID))) + 500;
    const run = await runAll(base, runConfig('full'), { storage: memoryStorage(room) });
    expect(only(run.events, 'warning')).toMatchObject([{ code: 'storage-full' }]);
    expect(only(run.events, 'checkpoint')).toEqual([]);
    expect(run.report?.warnings).toMatchObject([{ code: 'storage-full' }]);
    expect({ ...findings(run), warnings: [] }).toEqual(findings(whole));
    expect((await loadFinished(run.storage, RUN_ID)).report).toEqual(run.report);
  });

  test('a loss that is no number ends in a warning, a verdict and a report of the best weights', async () => {
    const wild = { learningRate: 1, headRatio: 1000, clipNorm: 100, weightDecay: 1, epochs: 100 };
    const { events, report } = await runAll(
      base,
      runConfig('full', { ...wild, schedule: 'constant', patience: 0 }),
    );
    expect(only(events, 'warning').map(({ code }) => code)).toContain('loss-not-finite');
    expect(report?.verdict.code).toBe('diverged');
    expect(report?.best_step).toBeLessThan(report?.total_steps ?? 0);
    expect(report?.after.n).toBe(16);
    expect(runReportSchema.parse(report)).toEqual(report);
  });

  const good = runConfig('lora');
  test.each([
    ['an unknown method', { ...good, method: { id: 'magic', settings: {} } }, 'unknown-method', /lora/],
    ['a setting out of range', runConfig('lora', { learningRate: 7 }), 'bad-setting', /Learning rate/],
    ['texts longer than the model reads', runConfig('lora', { maxLength: 512 }), 'bad-setting', /512/],
    ['a setting nobody knows', runConfig('lora', { speed: 7 }), 'bad-setting', /speed/],
    [
      'a rank that cannot be',
      { ...good, method: { id: 'lora', settings: { rank: 0 } } },
      'bad-setting',
      /LoRA rank/,
    ],
    ['one class', { ...good, data: { ...good.data, hash: 'one-class' } }, 'one-class', /good/],
    [
      'a column that is not there',
      { ...good, data: { ...good.data, roles: { text: 'body', label: 'label' } } },
      'unknown-column',
      /body/,
    ],
  ])('%s is refused by name, with nothing stored', async (_, config, code, message) => {
    const storage = memoryStorage();
    const control = { stopRequested: false, paused: null };
    const request = { id: RUN_ID, name: 'A test', resume: false, guessed: {} };
    const run = pipeline(request, config, testPorts(base, storage), control);
    await expect(async () => {
      for await (const event of run) expect(event.type).toBe('phase');
    }).rejects.toMatchObject({ code });
    const again = pipeline(request, config, testPorts(base, storage), control);
    const thrown = await again.next().then(() => again.next().catch((error: unknown) => error));
    const { message: said = '', hint = '' } = thrown as { message?: string; hint?: string };
    expect(`${said} ${hint}`).toMatch(message);
    expect(await listRunIds(storage)).toEqual([]);
  });
});

describe('an estimate', () => {
  const quiet = async (): Promise<boolean> => true;
  const ignore = (): void => undefined;

  test.each(['full', 'lora', 'head'])(
    '%s: agrees with the run and frees what it measured with',
    async (method) => {
      const labels: string[] = [];
      const estimate = await estimateRun(runConfig(method), testPorts(base, memoryStorage()), {
        onProgress: ({ label }) => labels.push(label),
        signal: new AbortController().signal,
        quiet,
      });
      const { report } = await wholeRun(method);
      expect(estimate.trainableParameters).toBe(report?.method.trainable_parameters);
      expect(estimate.totalSteps).toBe(21);
      expect(estimate.seconds).toBeGreaterThan(2);
      expect(estimate.fit).toBe('fits');
      expect(labels).toEqual(['Loading the model', 'Timing this machine']);
    },
  );

  test('beside a run gives no time, says why, and keeps none for later', async () => {
    // A length of its own: speeds that other tests measured do not serve it.
    const config = runConfig('full', { maxLength: 24 });
    const ports = testPorts(base, memoryStorage());
    const { signal } = new AbortController();
    const busy = { onProgress: ignore, signal, quiet: async () => false };
    const beside = await estimateRun(config, ports, busy);
    expect(beside).toMatchObject({ seconds: null, totalSteps: 21, fit: 'fits' });
    expect(beside.basis).toMatch(/a run is under way/);
    const answers = [true, false];
    const begun = { ...busy, quiet: async () => answers.shift() ?? false };
    expect((await estimateRun(config, ports, begun)).seconds).toBeNull();
    expect((await estimateRun(config, ports, busy)).seconds).toBeNull();
    expect((await estimateRun(config, ports, { ...busy, quiet })).seconds).toBeGreaterThan(2);
    expect((await estimateRun(config, ports, busy)).seconds).toBeGreaterThan(2);
  });

  test('of a length that the model cannot read is refused, as the run is', async () => {
    const config = runConfig('full', { maxLength: 512 });
    const { signal } = new AbortController();
    const asked = estimateRun(config, testPorts(base, memoryStorage()), {
      onProgress: ignore,
      signal,
      quiet,
    });
    await expect(asked).rejects.toMatchObject({ code: 'bad-setting', details: { field: 'maxLength' } });
  });

  test('that is no longer wanted ends in mid-timing, frees its tensors and keeps nothing', async () => {
    const config = runConfig('full', { maxLength: 16 });
    const ports = testPorts(base, memoryStorage());
    const unwanted = new AbortController();
    const ended = estimateRun(config, ports, {
      onProgress: ({ label }) => {
        if (label === 'Timing this machine') unwanted.abort();
      },
      signal: unwanted.signal,
      quiet,
    });
    await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
    const { signal } = new AbortController();
    const after = await estimateRun(config, ports, { onProgress: ignore, signal, quiet: async () => false });
    expect(after.seconds).toBeNull();
  });
});
