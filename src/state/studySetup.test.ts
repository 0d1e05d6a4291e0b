import { beforeEach, describe, expect, it, vi } from 'vitest';
import { armReport, STUDY_CONFIG, studyReport } from '../engine/testing/testStudy';
import type { DataReport, DataSummary } from '../workers/protocol';
import { duplicateArm, removeCopy, setArmSetting, toggleArm } from './commands/studySetup';
import { EMPTY_PROJECT, type Project } from './project';
import {
  armName,
  armsToCome,
  chosenArms,
  curveArms,
  EMPTY_SETUP,
  goesOn,
  referenceOf,
  studyConfigOf,
  studySetupStore,
} from './studySetup';

vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined, removeItem: () => undefined });
beforeEach(() => studySetupStore.setState(EMPTY_SETUP, true));

const setup = studySetupStore.getState;
const keys = (): string[] => chosenArms(setup()).map(({ key }) => key);

describe('the choice of ways', () => {
  it('starts with one of each kind, compared with the cheapest prompt', () => {
    expect(keys()).toEqual(
      expect.arrayContaining(['majority', 'zero-shot', 'few-shot', 'head', 'lora', 'full']),
    );
    expect(referenceOf(setup())).toBe('few-shot');
    toggleArm('few-shot', false);
    expect(keys()).not.toContain('few-shot');
    expect(referenceOf(setup())).toBe('zero-shot');
  });

  it('runs a copy after its original, with its settings to begin with and then its own', () => {
    setArmSetting('lora', 'lora', 'method', 'rank', 4);
    duplicateArm('lora');
    expect(keys().indexOf('lora-2')).toBe(keys().indexOf('lora') + 1);
    expect(setup().settings['lora-2']).toEqual({ rank: 4 });
    setArmSetting('lora-2', 'lora', 'method', 'rank', 2);
    expect(setup().settings.lora).toEqual({ rank: 4 });
    expect(armName({ key: 'lora-2', arm: 'lora' })).toMatch(/ 2$/);
    removeCopy('lora-2');
    expect(keys()).not.toContain('lora-2');
    expect(setup().settings).not.toHaveProperty('lora-2');
  });

  it('forgets a setting that is back at its default', () => {
    setArmSetting('few-shot', 'few-shot', 'method', 'shots', 3);
    setArmSetting('few-shot', 'few-shot', 'method', 'shots', 5);
    expect(setup().settings['few-shot']).toEqual({});
  });

  it('draws only ways that learn from rows', () => {
    expect(curveArms(setup())).not.toContain('zero-shot');
    studySetupStore.setState({ curve: { ...setup().curve, arms: ['head', 'zero-shot'] } });
    expect(curveArms(setup())).toEqual(['head']);
  });
});

const summary = { name: 'a.csv', hash: 'h', options: {}, columns: ['t', 'l'] } as unknown as DataSummary;
const ready: Project = {
  ...EMPTY_PROJECT,
  ...{ summary, roles: { text: 't', label: 'l' }, model: { id: 'm', revision: '1', name: 'M' } },
  report: { classes: [{ label: 'x', count: 3 }] } as unknown as DataReport,
};

describe('studyConfigOf', () => {
  it('is null until there are data and ways', () => {
    expect(studyConfigOf(EMPTY_PROJECT, setup())).toBeNull();
    expect(studyConfigOf(ready, { ...EMPTY_SETUP, on: [] })).toBeNull();
  });

  it('leaves out examples of labels that the data does not have', () => {
    const config = studyConfigOf(ready, { ...EMPTY_SETUP, examples: { x: ['one'], gone: ['two'] } });
    expect(config?.examples).toEqual({ x: ['one'] });
  });

  it('holds one longest text for all ways', () => {
    const project = { ...ready, methodId: 'lora', trainingSettings: { lora: { maxLength: 128, epochs: 2 } } };
    expect(studyConfigOf(project, setup())?.training).toEqual({ maxLength: 128 });
  });
});

describe('going on with a stored study', () => {
  const report = studyReport([armReport('majority', 0.5), armReport('lora', 0, { status: 'failed' })]);

  it('keeps what is finished and asks for the rest', () => {
    expect(goesOn(report, STUDY_CONFIG)).toBe(true);
    expect(armsToCome(report, STUDY_CONFIG).map(({ key }) => key)).toEqual(['zero-shot', 'head', 'lora']);
  });

  it('is another study with other rows, or with other settings of a finished way', () => {
    const data = { ...STUDY_CONFIG.data, hash: 'hash-b' };
    expect(goesOn(report, { ...STUDY_CONFIG, data })).toBe(false);
    const change = (key: string) => ({
      ...STUDY_CONFIG,
      arms: STUDY_CONFIG.arms.map((choice) =>
        choice.key === key ? { ...choice, settings: { rank: 2 } } : choice,
      ),
    });
    expect(goesOn(report, change('majority'))).toBe(false);
    expect(goesOn(report, change('lora'))).toBe(true);
  });
});
