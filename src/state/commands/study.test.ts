/** Studies against an engine that answers as the test says: what goes on, what starts anew, what a dead worker leaves. */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { EngineError } from '../../engine/core/errors';
import type { StudyEvent, StudyReport } from '../../engine/core/study';
import { armReport, STUDY_CONFIG, studyReport } from '../../engine/testing/testStudy';
import { activityStore } from '../activity';
import { consentsStore, NO_CONSENT, termsOf } from '../consents';
import { projectStore } from '../project';
import { studiesStore } from '../studies';
import { dispatchStudy, studyStore } from '../study';
import { studySetupStore } from '../studySetup';
import { restateStudy } from './studies';
import { endStudy, goOnWithOpened, pauseStudy, resumeInterruptedStudy, startStudy } from './study';

type Answer = (params: never, onEvent: (event: StudyEvent) => void) => unknown;

const engine = vi.hoisted(() => ({
  calls: [] as { kind: string; params: unknown }[],
  answers: new Map<string, (params: never, onEvent: (event: StudyEvent) => void) => unknown>(),
}));
vi.mock('../client', () => ({
  engine: {
    call: async (kind: string, params: never, options: { onEvent?: (event: StudyEvent) => void } = {}) => {
      engine.calls.push({ kind, params });
      return engine.answers.get(kind)?.(params, options.onEvent ?? (() => undefined)) ?? null;
    },
    restart: () => undefined,
    onLost: () => undefined,
  },
}));
vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined, removeItem: () => undefined });

const answer = (kind: string, reply: Answer): void => void engine.answers.set(kind, reply);
const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const callsOf = (kind: string) =>
  engine.calls.filter((call) => call.kind === kind).map(({ params }) => params);

const WAITING = { id: 'study-1', name: 'A study', config: STUDY_CONFIG, finished: ['majority'] };
const GOES_ON = {
  id: 'study-1',
  name: 'A study',
  config: STUDY_CONFIG,
  resume: true,
  guessed: {},
  secrets: {},
};
const SO_FAR = studyReport([armReport('majority', 0.5)]);

beforeEach(() => {
  engine.calls.length = 0;
  engine.answers.clear();
  activityStore.setState({}, true);
  dispatchStudy({ type: 'clear' });
  studiesStore.setState({ openedId: null, opened: null, list: null, interrupted: WAITING });
});

test('an interrupted study goes on as it was, and stands open when it has ended', async () => {
  const whole = { ...SO_FAR, finished_at: '2026-04-13T14:30:00Z' };
  answer('study.start', () => whole);
  answer('study.open', () => ({ report: whole, rows: null }));
  expect(await resumeInterruptedStudy()).toBe(true);
  expect(callsOf('study.start')).toEqual([GOES_ON]);
  expect(studyStore.getState().status).toBe('done');
  expect(studiesStore.getState()).toMatchObject({ interrupted: null, opened: { report: whole } });
});

describe('without a yes to where a way sends rows', () => {
  const choice = {
    ...{ key: 'endpoint', arm: 'endpoint', training: {} },
    settings: { address: 'https://a.example/v1' },
  };
  const config = { ...STUDY_CONFIG, arms: [...STUDY_CONFIG.arms, choice] };
  const report = { ...SO_FAR, config };
  const terms = termsOf(choice, config);
  const waiting = { ...WAITING, config };

  beforeEach(() => {
    consentsStore.setState({}, true);
    answer('study.interrupted', () => waiting);
    studiesStore.setState({ interrupted: waiting, opened: { report, rows: null } });
    const { name, hash, options, roles } = config.data;
    const file = { name, hash, options, columns: [] };
    projectStore.setState({ summary: file as never, roles, model: { ...config.model, name: 'tiny' } });
    studySetupStore.setState({ on: ['head', 'endpoint'], settings: { endpoint: choice.settings } });
  });

  test.each([
    ['starting', startStudy],
    ['going on with what stands open', goOnWithOpened],
    ['going on after an interruption', resumeInterruptedStudy],
  ])('%s asks nobody, and says why', async (_what, begin) => {
    expect(await begin()).toBe(false);
    expect(callsOf('study.start')).toEqual([]);
    expect(studyStore.getState()).toMatchObject({ status: 'failed', error: { code: 'not-agreed' } });
    expect(studiesStore.getState().interrupted).toEqual(waiting);
  });

  test('nobody is asked the rest of what was cut short either', async () => {
    const cut = { ...report, arms: [...report.arms, armReport('endpoint', 0.5, { n: 40, left: 80 })] };
    studiesStore.setState({ interrupted: null, opened: { report: cut, rows: null } });
    expect(await goOnWithOpened()).toBe(false);
    expect(callsOf('study.start')).toEqual([]);
    expect(studyStore.getState()).toMatchObject({ error: { code: 'not-agreed' } });
  });

  test('it goes on once there is one, and with the key for that site', async () => {
    const origin = 'https://a.example';
    consentsStore.setState({
      endpoint: { terms, secret: 'sk-1', origin },
      lora: { ...NO_CONSENT, secret: 'x' },
    });
    answer('study.start', () => report);
    expect(await goOnWithOpened()).toBe(true);
    expect(callsOf('study.start')).toEqual([expect.objectContaining({ secrets: { endpoint: 'sk-1' } })]);
  });

  test('it goes on where the way has answered already', async () => {
    studiesStore.setState({ interrupted: { ...waiting, finished: ['majority', 'endpoint'] } });
    answer('study.start', () => report);
    expect(await resumeInterruptedStudy()).toBe(true);
  });
});

describe('a study whose worker dies', () => {
  const STEERED = [
    { ask: pauseStudy, action: 'pause' },
    { ask: endStudy, action: 'end' },
  ];

  test.each(STEERED)(
    'goes on with what is finished, and with “$action” asked again',
    async ({ ask, action }) => {
      const deaths: (() => void)[] = [];
      answer('study.start', (_, onEvent) => {
        onEvent({ type: 'report', report: SO_FAR });
        return new Promise((_resolve, reject) =>
          deaths.push(() => reject(new EngineError({ code: 'worker-lost', message: 'It stopped.' }))),
        );
      });
      void resumeInterruptedStudy();
      await nextTurn();
      await ask();
      deaths[0]?.();
      await nextTurn();
      expect(callsOf('study.start')).toEqual([GOES_ON, GOES_ON]);
      expect(callsOf('study.control')).toEqual([
        { id: 'study-1', action },
        { id: 'study-1', action },
      ]);
      expect(studyStore.getState()).toMatchObject({ status: 'running', progress: { report: SO_FAR } });
    },
  );

  test('for good says why and is offered again', async () => {
    answer('study.start', () =>
      Promise.reject(new EngineError({ code: 'worker-lost', message: 'It stopped.' })),
    );
    answer('study.interrupted', () => WAITING);
    expect(await resumeInterruptedStudy()).toBe(false);
    expect(callsOf('study.start')).toHaveLength(4);
    expect(studyStore.getState()).toMatchObject({ status: 'failed', error: { code: 'worker-lost' } });
    expect(studiesStore.getState().interrupted).toEqual(WAITING);
  });
});

test('a study that another tab goes on with still waits here', async () => {
  answer('study.start', () =>
    Promise.reject(new EngineError({ code: 'open-elsewhere', message: 'Elsewhere.' })),
  );
  expect(await resumeInterruptedStudy()).toBe(false);
  expect(studiesStore.getState().interrupted).toEqual(WAITING);
  expect(callsOf('study.interrupted')).toEqual([]);
});

test('another reference shows at once, is stored, and is kept for the next study', async () => {
  studiesStore.setState({ opened: { report: SO_FAR, rows: null } });
  let stated: (report: StudyReport) => void = () => undefined;
  answer('study.restate', () => new Promise((resolve) => (stated = resolve)));
  const restating = restateStudy({ reference: 'head' });
  expect(studiesStore.getState().opened?.report.config.reference).toBe('head');
  expect(studySetupStore.getState().reference).toBe('head');
  const told = { ...SO_FAR, advice: [{ kind: 'note' as const, text: 'a', because: 'b', at: 'data' }] };
  stated(told);
  await restating;
  expect(studiesStore.getState().opened?.report).toEqual(told);
  const { situation, pricePerMillion } = STUDY_CONFIG;
  expect(callsOf('study.restate')).toEqual([
    { id: 'study-1', reference: 'head', situation, pricePerMillion },
  ]);
});
