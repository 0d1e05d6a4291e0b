/** Workshops against an engine that answers as the test says: what is put in place, and when nothing is. */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { workshopSchema } from '../../engine/core/workshop';
import { runConfig } from '../../engine/testing/testRun';
import { armReport, studyReport } from '../../engine/testing/testStudy';
import { activityStore } from '../activity';
import { machineStore } from '../machine';
import { EMPTY_PROJECT, maxLengthOf, projectStore } from '../project';
import { studiesStore } from '../studies';
import { chosenArms, EMPTY_SETUP, studyConfigOf, studySetupStore } from '../studySetup';
import { workshopStore } from '../workshop';
import { enterWorkshop, leaveWorkshop, lookAtFile } from './workshop';

const engine = vi.hoisted(() => ({
  calls: [] as { kind: string; params: Record<string, unknown> }[],
  answers: new Map<string, () => unknown>(),
}));
vi.mock('../client', () => ({
  engine: {
    call: async (kind: string, params: Record<string, unknown>) => {
      engine.calls.push({ kind, params });
      return engine.answers.get(kind)?.() ?? null;
    },
  },
}));
vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined, removeItem: () => undefined });

const { options } = runConfig('head').data;
const SUMMARY = {
  ...{ name: 'tickets.csv', hash: 'hash-t', bytes: 9, options, reasons: {}, notes: [] },
  ...{ columns: ['message', 'intent'], rows: 80, rejected: 0 },
  guess: { roles: null, reasons: { text: '', label: '' } },
};
const SAMPLE = {
  ...{ id: 'tickets', name: 'Tickets', description: '', rows: 80, classes: 2 },
  labelDescriptions: { a: 'about a' },
};
const WORKSHOP = workshopSchema.parse({
  ...{ version: 1, title: 'Monday', source: { kind: 'sample', id: 'tickets' }, reference: 'zero-shot' },
  roles: { text: 'message', label: 'intent' },
  ...{ limit: 40, fixes: [{ finding: 'duplicates', action: 'drop' }], training: { maxLength: 32 } },
  arms: [
    { key: 'zero-shot', arm: 'zero-shot' },
    { key: 'head', arm: 'head' },
  ],
});
const OTHER = { kind: 'url', url: 'https://data.example/a.csv', hash: 'f'.repeat(64) } as const;
const callsOf = (kind: string) =>
  engine.calls.filter((call) => call.kind === kind).map(({ params }) => params);

beforeEach(() => {
  engine.calls.length = 0;
  engine.answers.clear();
  engine.answers.set('data.open', () => SUMMARY);
  activityStore.setState({}, true);
  machineStore.setState({ samples: [SAMPLE] });
  projectStore.setState({ ...EMPTY_PROJECT, model: { id: 'tiny', revision: '1', name: 'Tiny' } }, true);
  studySetupStore.setState(EMPTY_SETUP, true);
  studiesStore.setState({
    openedId: 'study-1',
    opened: { report: studyReport([armReport('head', 0.5)]), rows: null },
  });
  workshopStore.setState({ open: null });
});

describe('entering a workshop', () => {
  test('opens its data as it says, takes its choices, closes the last study and starts nothing', async () => {
    expect(await enterWorkshop(WORKSHOP)).toBe(true);
    const project = projectStore.getState();
    const config = studyConfigOf(project, studySetupStore.getState());
    expect(config).toMatchObject({
      data: { hash: 'hash-t', roles: WORKSHOP.roles, fixes: WORKSHOP.fixes, limit: 40 },
      descriptions: { a: 'about a' },
      reference: 'zero-shot',
    });
    expect(maxLengthOf(project)).toBe(32);
    expect(chosenArms(studySetupStore.getState()).map(({ key }) => key)).toEqual(['zero-shot', 'head']);
    expect(callsOf('data.check')).toMatchObject([{ limit: 40, maxLength: 32 }]);
    expect(studiesStore.getState()).toMatchObject({ openedId: null, opened: null });
    expect(workshopStore.getState().open).toEqual(WORKSHOP);
    expect(callsOf('study.start')).toEqual([]);
  });

  test('asks for a file by its address with what it must be', async () => {
    await enterWorkshop({ ...WORKSHOP, source: OTHER, descriptions: { b: 'about b' } });
    expect(callsOf('data.open')).toEqual([{ source: OTHER, options: null }]);
    expect(projectStore.getState()).toMatchObject({ sample: null, descriptions: { b: 'about b' } });
  });

  test('whose columns are not there changes nothing and says what there is', async () => {
    engine.answers.set('data.open', () => ({ ...SUMMARY, columns: ['message', 'topic'] }));
    const before = projectStore.getState();
    expect(await enterWorkshop(WORKSHOP)).toBe(false);
    expect(activityStore.getState().data).toMatchObject({
      status: 'failed',
      error: { code: 'columns-missing', message: expect.stringContaining('no column “intent”') },
    });
    expect(projectStore.getState()).toBe(before);
    expect(workshopStore.getState().open).toBeNull();
    expect(studiesStore.getState().openedId).toBe('study-1');
  });
});

test('leaving a workshop shows everything, on all of the rows', async () => {
  await enterWorkshop(WORKSHOP);
  await leaveWorkshop();
  expect(workshopStore.getState().open).toBeNull();
  expect(projectStore.getState()).toMatchObject({ summary: SUMMARY, sampling: {} });
  expect(callsOf('data.check').at(-1)).not.toHaveProperty('limit');
});

test('a look at a file leaves the data that is open alone', async () => {
  await enterWorkshop(WORKSHOP);
  const before = projectStore.getState();
  engine.answers.set('data.open', () => ({ ...SUMMARY, hash: 'hash-u', rows: 12 }));
  expect(await lookAtFile('https://data.example/a.csv')).toEqual({ hash: 'hash-u', rows: 12 });
  expect(projectStore.getState()).toBe(before);
});
