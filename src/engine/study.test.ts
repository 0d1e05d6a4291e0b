/** Whole studies on a tiny model: what they tell, what they keep, and how they are held, cut short and gone on with. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startChatServer } from '../../e2e/chatServer';
import { startBackend } from './backend/start';
import { memoryStorage, type Storage } from './core/storage';
import {
  type ArmChoice,
  type StudyConfig,
  type StudyEvent,
  type StudyReport,
  studyEventSchema,
  studyReportSchema,
} from './core/study';
import { disposeModel, type LoadedModel } from './model/load';
import { loadFinished } from './pipeline/artifacts';
import { type StudyControl, study } from './study';
import { armRunId, loadArmFile, loadRows, loadStudyReport } from './study/artifacts';
import { restated } from './study/restate';
import { WASM } from './testing/testModels';
import { runAll, runConfig, testPorts } from './testing/testRun';
import { tinyModel } from './testing/tinyModel';

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

/** However a study ends, every tensor it made is freed. */
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors);
});

const choice = (key: string, more: Partial<ArmChoice> = {}): ArmChoice => ({
  ...{ key, arm: key, settings: {}, training: {} },
  ...more,
});

/** The pipeline's tiny run with these arms in place of its method. */
function studyConfig(arms: readonly ArmChoice[], changes: Partial<StudyConfig> = {}): StudyConfig {
  const { method: _method, baselines: _baselines, ...shared } = runConfig('lora');
  return {
    ...shared,
    examples: {},
    arms: [...arms],
    reference: arms[0]?.key ?? '',
    curve: null,
    pricePerMillion: 1,
    situation: null,
    ...changes,
  };
}

interface Ended {
  events: StudyEvent[];
  report: StudyReport | null;
  storage: Storage;
}

async function ask(
  config: StudyConfig,
  options: {
    storage?: Storage;
    resume?: boolean;
    watch?: (event: StudyEvent, control: StudyControl) => 'leave' | undefined;
  } = {},
): Promise<Ended> {
  const { storage = memoryStorage(), resume = false, watch } = options;
  const control: StudyControl = { paused: null, current: new AbortController(), endRequested: false };
  const request = { id: 'study-1', name: 'A study', resume, guessed: {}, secrets: {} };
  const run = study(request, config, testPorts(base, storage), control);
  const events: StudyEvent[] = [];
  for (;;) {
    const { done, value } = await run.next();
    if (done) return { events, report: value, storage };
    events.push(value);
    if (watch?.(value, control) !== 'leave') continue;
    await run.return(undefined as never);
    return { events, report: null, storage };
  }
}

const QUICK = [choice('majority'), choice('zero-shot'), choice('few-shot', { settings: { shots: 3 } })];

/** All of an arm's row but what a clock says. */
function figures(report: StudyReport | null): unknown {
  return report?.arms.map(({ train_s: _train, latency_ms: _latency, ...arm }) => arm);
}

const startsArm = (event: StudyEvent, id: string): boolean => event.type === 'arm' && event.id === id;

describe('a study', () => {
  test('asks every arm on the same test rows and compares each with the reference', async () => {
    const { events, report, storage } = await ask(
      studyConfig([...QUICK, choice('head'), choice('lora')], { reference: 'zero-shot' }),
    );
    for (const event of events) expect(studyEventSchema.parse(event)).toEqual(event);
    expect(studyReportSchema.parse(report)).toEqual(report);
    if (!report) throw new Error('no report');
    expect(report.arms.map(({ id, status }) => [id, status])).toEqual([
      ['majority', 'finished'],
      ['zero-shot', 'finished'],
      ['few-shot', 'finished'],
      ['head', 'finished'],
      ['lora', 'finished'],
    ]);
    for (const arm of report.arms) expect(arm.n).toBe(report.data.splits.test);
    expect(report.arms.map(({ versus }) => versus?.id ?? null)).toEqual([
      'zero-shot',
      null,
      ...['zero-shot', 'zero-shot', 'zero-shot'],
    ]);
    const rows = await loadRows(storage, 'study-1');
    const lora = report.arms.at(-1);
    const right = rows?.rows.filter(({ answers, expected }) => answers.lora?.predicted === expected).length;
    expect(right).toBe(Math.round((lora?.accuracy ?? 0) * (lora?.n ?? 0)));
    expect(await loadStudyReport(storage, 'study-1')).toEqual(report);
  });

  test('an arm that trains is a run like any other, to the last number', async () => {
    const { report, storage } = await ask(studyConfig([choice('majority'), choice('lora')]));
    const alone = await runAll(base, runConfig('lora', {}, { baselines: false }));
    const { report: run } = await loadFinished(storage, armRunId('study-1', 'lora'));
    expect(run.after).toEqual(alone.report?.after);
    expect(run.history).toEqual(alone.report?.history);
    expect(report?.arms[1]).toMatchObject({
      run: 'study-1-lora',
      accuracy: run.after.accuracy,
      trainable_parameters: run.method.trainable_parameters,
    });
  });

  test('the one reading of the rows is training time of every arm that learns from it', async () => {
    const { report, storage } = await ask(
      studyConfig([choice('head'), choice('lora'), choice('full', { training: { headStart: 'random' } })]),
    );
    const shared = async (key: string): Promise<number> => {
      const { report: run } = await loadFinished(storage, armRunId('study-1', key));
      const { testing: _, ...own } = run.timing.phases_s;
      const seconds = Object.values(own).reduce((sum, phase) => sum + phase, 0);
      return (report?.arms.find(({ id }) => id === key)?.train_s ?? 0) - seconds;
    };
    expect(await shared('head')).toBeGreaterThan(0.01);
    expect(await shared('lora')).toBeCloseTo(await shared('head'), 9);
    expect(await shared('full')).toBeCloseTo(0, 9);
  });

  test('says the same again, whatever arms stand beside', async () => {
    const few = await ask(studyConfig([choice('few-shot'), choice('head')]));
    const more = await ask(studyConfig([choice('few-shot'), choice('majority'), choice('head')]));
    const ofHead = (report: StudyReport | null) => report?.arms.find(({ id }) => id === 'head')?.accuracy;
    expect(ofHead(more.report)).toBe(ofHead(few.report));
    expect(more.report?.arms[0]?.accuracy).toBe(few.report?.arms[0]?.accuracy);
  });

  test('goes on where it was left, with the arm it was at', async () => {
    const config = studyConfig([...QUICK, choice('lora'), choice('head')]);
    const whole = await ask(config);
    const left = await ask(config, {
      watch: (event) => (event.type === 'step' && event.step >= 12 ? 'leave' : undefined),
    });
    const on = await ask(config, { storage: left.storage, resume: true });
    expect(on.events.some((event) => startsArm(event, 'few-shot'))).toBe(false);
    const steps = on.events.flatMap((event) =>
      event.type === 'step' && event.id === 'lora' ? event.step : [],
    );
    expect(steps[0]).toBeGreaterThan(1);
    expect(figures(on.report)).toEqual(figures(whole.report));
  });

  test('an arm that fails is a row with its error, is tried again, and harms no other', async () => {
    const storage = memoryStorage();
    const config = studyConfig([choice('majority'), choice('lora'), choice('zero-shot')]);
    const broken: Storage = {
      ...storage,
      write: async (path, bytes) => {
        if (path.includes('study-1-lora')) throw new Error('the disk said no');
        return storage.write(path, bytes);
      },
    };
    const { report } = await ask(config, { storage: broken });
    expect(report?.arms.map(({ status }) => status)).toEqual(['finished', 'failed', 'finished']);
    expect(report?.arms[1]).toMatchObject({ error: { message: 'the disk said no' }, versus: null, ties: [] });
    const again = await ask(config, { storage, resume: true });
    expect(again.report?.arms.map(({ status }) => status)).toEqual(['finished', 'finished', 'finished']);
  });

  test('what was begun under other settings is begun anew, and only that', async () => {
    const under = (rank: number) =>
      studyConfig([choice('majority'), choice('lora', { settings: { rank } }), choice('head')], {
        curve: { arms: ['lora', 'head'], sizes: [8], draws: 1 },
      });
    const left = await ask(under(8), {
      watch: (event) => (event.type === 'step' && event.step >= 12 ? 'leave' : undefined),
    });
    const on = await ask(under(4), { storage: left.storage, resume: true });
    const anew = await ask(under(4));
    expect(on.report?.arms.map(({ status }) => status)).toEqual(['finished', 'finished', 'finished']);
    expect(figures(on.report)).toEqual(figures(anew.report));
    // The curve of the changed arm is drawn again, the other's is kept.
    const again = await ask(under(2), { storage: on.storage, resume: true });
    const drawn = again.events.flatMap((event) => (event.type === 'curve' ? [event.arm] : []));
    expect(drawn).toEqual(['lora']);
  });

  test('an arm left out and asked again has its own answers, and those of other settings never', async () => {
    const shots = (count: number) => choice('few-shot', { settings: { shots: count } });
    const all = (count: number) =>
      studyConfig([choice('majority'), shots(count)], {
        curve: { arms: ['few-shot'], sizes: [8], draws: 1 },
      });
    const { storage } = await ask(all(1));
    const without = await ask(studyConfig([choice('majority')]), { storage, resume: true });
    expect(without.report).toMatchObject({ learning_curve: null, more_data: [] });
    const same = await ask(all(1), { storage, resume: true });
    expect(same.events.some((event) => startsArm(event, 'few-shot'))).toBe(false);
    await ask(studyConfig([choice('majority')]), { storage, resume: true });
    const other = await ask(all(5), { storage, resume: true });
    const anew = await ask(all(5));
    expect(figures(other.report)).toEqual(figures(anew.report));
    expect(other.report?.learning_curve).toEqual(anew.report?.learning_curve);
  });

  test('can be ended while the rows are still read', async () => {
    const asked = ask(studyConfig(QUICK), {
      watch: (event, control) => {
        if (event.type === 'preparing' && event.total > 0) control.endRequested = true;
        return undefined;
      },
    });
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('skips one arm, and ends with the rest left out', async () => {
    const config = studyConfig([choice('majority'), choice('lora'), choice('zero-shot'), choice('head')]);
    const { report } = await ask(config, {
      watch: (event, control) => {
        if (event.type === 'step' && event.step === 5) control.current.abort();
        if (startsArm(event, 'zero-shot')) control.endRequested = true;
        return undefined;
      },
    });
    expect(report?.arms.map(({ status }) => status)).toEqual(['finished', 'skipped', 'finished', 'skipped']);
    expect(report?.finished_at).not.toBeNull();
  });

  test('keeps what a skipped arm was answered elsewhere', async () => {
    const server = await startChatServer({ rules: [[/./, 'good']] });
    const elsewhere = choice('endpoint', { settings: { address: server.url, atOnce: 1 } });
    const config = studyConfig([choice('majority'), elsewhere]);
    const { report, storage } = await ask(config, {
      watch: (event, control) => {
        if (event.type === 'arm' && event.id === 'endpoint' && event.done === 2) control.current.abort();
        return undefined;
      },
    });
    const test = report?.data.splits.test ?? 0;
    expect(report?.arms[1]).toMatchObject({ status: 'finished', n: 2, left: test - 2 });
    expect(report?.arms[1]?.notes.join(' ')).toContain('cut short by hand');

    // Ended before its turn, it has what it had; else it asks the rest.
    const before = server.requests.length;
    const ended = await ask(config, {
      ...{ storage, resume: true },
      watch: (event, control) => {
        if (event.type === 'report') control.endRequested = true;
        return undefined;
      },
    });
    expect(ended.report?.arms[1]).toEqual(report?.arms[1]);
    expect(server.requests).toHaveLength(before);
    const { report: whole } = await ask(config, { storage, resume: true });
    await server.close();
    expect(whole?.arms[1]).toMatchObject({ status: 'finished', n: test, left: 0 });
    expect(server.requests.length - before).toBe(test - 2);
  });

  test('loses no answer from elsewhere to a closed tab, and ended before its turn keeps them', async () => {
    const server = await startChatServer({ rules: [[/./, 'good']] });
    const elsewhere = choice('endpoint', { settings: { address: server.url, atOnce: 1 } });
    const config = studyConfig([choice('majority'), elsewhere]);
    const { storage } = await ask(config, {
      watch: (event) =>
        event.type === 'arm' && event.id === 'endpoint' && event.done === 3 ? 'leave' : undefined,
    });
    const before = server.requests.length;
    expect(await loadArmFile(storage, 'study-1', 'endpoint')).toBeNull();

    const ended = await ask(config, {
      ...{ storage, resume: true },
      watch: (event, control) => {
        if (event.type === 'report') control.endRequested = true;
        return undefined;
      },
    });
    expect(ended.report?.arms[1]?.status).toBe('skipped');
    expect(server.requests).toHaveLength(before);

    const { report } = await ask(config, { storage, resume: true });
    await server.close();
    const test = report?.data.splits.test ?? 0;
    expect(report?.arms[1]).toMatchObject({ status: 'finished', n: test, left: 0 });
    expect(server.requests.length - before).toBe(test - 3);
    expect(await storage.list('studies/study-1')).not.toContain('kept-endpoint.json');
  });

  test('asks elsewhere anew under another prompt, whatever was kept', async () => {
    const server = await startChatServer({ rules: [[/./, 'good']] });
    const under = (prompt: string): StudyConfig =>
      studyConfig([choice('majority'), choice('endpoint', { settings: { address: server.url, prompt } })]);
    const { storage } = await ask(under('Label? {{text}}'), {
      watch: (event) =>
        event.type === 'arm' && event.id === 'endpoint' && event.done === 3 ? 'leave' : undefined,
    });
    const asksAnew = (): number =>
      server.requests.filter(({ body }) => body.messages[0]?.content.startsWith('Which')).length;
    const { report } = await ask(under('Which label? {{text}}'), { storage, resume: true });
    await server.close();
    expect(asksAnew()).toBe(report?.data.splits.test);
  });

  test('waits while it is paused', async () => {
    let go = (): void => undefined;
    let told = 0;
    const asked = ask(studyConfig(QUICK), {
      watch: (event, control) => {
        told += 1;
        if (startsArm(event, 'zero-shot') && control.paused === null) {
          control.paused = new Promise((resolve) => {
            go = () => {
              control.paused = null;
              resolve();
            };
          });
        }
        return undefined;
      },
    });
    let ended = false;
    void asked.then(() => {
      ended = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
    const before = told;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect([told, ended]).toEqual([before, false]);
    go();
    const { report } = await asked;
    expect(report?.arms).toHaveLength(3);
  });

  test('written examples and descriptions are what a prompt goes by', async () => {
    const swapped = { good: ['the film was awful'], bad: ['the film was great'] };
    const plain = await ask(
      studyConfig([choice('few-shot')], { examples: { good: swapped.bad, bad: swapped.good } }),
    );
    const other = await ask(studyConfig([choice('few-shot')], { examples: swapped }));
    const predicted = async ({ storage }: Ended) =>
      (await loadArmFile(storage, 'study-1', 'few-shot'))?.predicted;
    expect((await predicted(other))?.map((guess) => 1 - (guess ?? 0))).toEqual(await predicted(plain));
  });
});

describe('the learning curve', () => {
  const config = studyConfig([choice('few-shot'), choice('head', { training: { epochs: 2 } })], {
    curve: { arms: ['few-shot', 'head'], sizes: [8, 16, 5000], draws: 2 },
  });

  test('draws each size as often as asked, and takes the whole split from the arms', async () => {
    const { events, report } = await ask(config);
    const whole = report?.data.splits.train;
    const points = report?.learning_curve?.map(({ arm, rows, draws }) => [arm, rows, draws.length]);
    expect(points?.sort()).toEqual(
      [
        ['few-shot', 8, 2],
        ['few-shot', 16, 2],
        ['few-shot', whole, 1],
        ['head', 8, 2],
        ['head', 16, 2],
        ['head', whole, 1],
      ].sort(),
    );
    // While draws are still coming in, nothing is said of more rows.
    const told = events.flatMap((event) => (event.type === 'report' ? [event.report.more_data.length] : []));
    expect(told.slice(0, -1).every((said) => said === 0)).toBe(true);
    expect(told.at(-1)).toBe(2);
    const ofHead = report?.learning_curve?.find(({ arm, rows }) => arm === 'head' && rows === whole);
    expect(ofHead?.draws[0]?.accuracy).toBe(report?.arms[1]?.accuracy);
  });

  test('ends at once when it is ended as a draw begins', async () => {
    const { report } = await ask(config, {
      watch: (event, control) => {
        if (event.type === 'curve' && event.done === 1) {
          control.endRequested = true;
          control.current.abort();
        }
        return undefined;
      },
    });
    const fewer = report?.learning_curve?.filter(({ rows }) => rows !== report.data.splits.train);
    expect(fewer?.flatMap(({ draws }) => draws)).toHaveLength(1);
  });

  test('is kept point by point and stores no run', async () => {
    const left = await ask(config, {
      watch: (event) => (event.type === 'curve' && event.done === 3 ? 'leave' : undefined),
    });
    const on = await ask(config, { storage: left.storage, resume: true });
    const whole = await ask(config);
    expect(on.events.filter(({ type }) => type === 'curve')).toHaveLength(5);
    const sorted = ({ report }: Ended) =>
      [...(report?.learning_curve ?? [])].sort((a, b) => a.arm.localeCompare(b.arm) || a.rows - b.rows);
    expect(sorted(on)).toEqual(sorted(whole));
    expect(await whole.storage.list('runs')).toEqual(['study-1-head']);
  });
});

describe('a study is refused before any work', () => {
  test.each([
    ['an unknown arm', studyConfig([choice('magic')]), 'unknown-arm'],
    ['an unknown reference', studyConfig(QUICK, { reference: 'lora' }), 'bad-study'],
    [
      'a curve of an arm that is not there',
      studyConfig(QUICK, { curve: { arms: ['lora'], sizes: [8], draws: 1 } }),
      'bad-study',
    ],
    [
      'a curve of an arm that asks elsewhere',
      studyConfig([choice('endpoint', { settings: { address: 'http://localhost:1/v1', model: 'm' } })], {
        curve: { arms: ['endpoint'], sizes: [8], draws: 1 },
      }),
      'bad-study',
    ],
    [
      'rows that would leave though they must stay inside',
      studyConfig(
        [choice('majority'), choice('endpoint', { settings: { address: 'https://api.example.com/v1' } })],
        {
          situation: { changes: 'rarely', rowsPerDay: 0, stayInside: true, maxLatencyMs: null },
        },
      ),
      'rows-stay-inside',
    ],
    ['a setting out of range', studyConfig([choice('few-shot', { settings: { shots: 0 } })]), 'bad-setting'],
    [
      'another length for one arm',
      studyConfig([choice('lora', { training: { maxLength: 16 } })]),
      'bad-setting',
    ],
  ])('%s', async (_what, config, code) => {
    await expect(ask(config)).rejects.toMatchObject({ code });
  });
});

test('restating compares the same answers with another arm', async () => {
  const config = studyConfig([...QUICK, choice('head')], { reference: 'majority' });
  const { report, storage } = await ask(config);
  const rows = await loadRows(storage, 'study-1');
  if (!report || !rows) throw new Error('no report');
  const files = await Promise.all(report.arms.map(({ id }) => loadArmFile(storage, 'study-1', id)));
  const next = restated(
    report,
    rows,
    files.flatMap((file) => file ?? []),
    { reference: 'head', pricePerMillion: 3, situation: null },
  );
  expect(next.config).toMatchObject({ reference: 'head', pricePerMillion: 3 });
  const { versus } = next.arms[0] ?? {};
  expect(versus).toMatchObject({ id: 'head', delta: -(report.arms[3]?.versus?.delta ?? 0) });
  expect(next.arms.map(({ accuracy }) => accuracy)).toEqual(report.arms.map(({ accuracy }) => accuracy));
});
