import { describe, expect, it, test, vi } from 'vitest';
import { encodeWorkshop, type Workshop, workshopSchema } from '../engine/core/workshop';
import { runConfig } from '../engine/testing/testRun';
import { EMPTY_PROJECT, type Project } from './project';
import { EMPTY_SETUP, type StudySetup, studyConfigOf, USUAL_CURVE } from './studySetup';
import { linkOf, readWorkshop, setupOf, workshopOf, workshopText } from './workshopLink';

vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined, removeItem: () => undefined });

const { options, roles } = runConfig('head').data;
const PROJECT: Project = {
  ...EMPTY_PROJECT,
  summary: {
    ...{ name: 'a.csv', hash: 'hash-a', bytes: 9, options, reasons: {}, notes: [] },
    ...{ columns: ['text', 'label'], rows: 80, rejected: 0 },
    guess: { roles, reasons: { text: '', label: '' } },
  },
  ...{ roles, sample: 'tickets', model: { id: 'tiny', revision: '1', name: 'Tiny' } },
  fixes: [{ finding: 'duplicates', action: 'drop' }],
  split: { validation: 0.1, test: 0.3, seed: 7 },
  sampling: { perClass: 10 },
  descriptions: { a: 'about a' },
  trainingSettings: { [EMPTY_PROJECT.methodId]: { maxLength: 48 } },
};
const SETUP: StudySetup = {
  ...EMPTY_SETUP,
  on: ['zero-shot', 'head', 'lora', 'lora-2'],
  copies: [{ key: 'lora-2', arm: 'lora' }],
  settings: { 'lora-2': { rank: 4 } },
  training: { head: { epochs: 3 } },
  reference: 'zero-shot',
  curve: { on: true, arms: ['head'], sizes: [10, 20], draws: 2 },
  pricePerMillion: 2,
};
const DRAFT = {
  title: 'For Monday',
  source: { kind: 'sample', id: 'tickets' },
  show: { setup: false, prompts: true, questions: false, journey: false },
} as const;
const PAGE = 'https://hone.example/prompt-or-tune';

function made(draft: Pick<Workshop, 'title' | 'source' | 'show'> = DRAFT, usual = {}): Workshop {
  const workshop = workshopOf(PROJECT, SETUP, draft, usual);
  if (!workshop) throw new Error('no workshop');
  return workshop;
}

describe('a link', () => {
  it('carries the study that is chosen on the page to another page, unchanged', () => {
    const link = linkOf(made(), PAGE);
    const read = readWorkshop(workshopText(new URL(link).hash) ?? '');
    const { descriptions = {}, fixes, split, limit, perClass, training } = read;
    const there: Project = {
      ...PROJECT,
      ...{ descriptions, fixes, sampling: { limit, perClass }, split: split ?? PROJECT.split },
      trainingSettings: { [EMPTY_PROJECT.methodId]: { maxLength: Number(training.maxLength) } },
    };
    expect(studyConfigOf(there, setupOf(read))).toEqual(studyConfigOf(PROJECT, SETUP));
    expect(read.show).toEqual(DRAFT.show);
  });

  it('leaves out the descriptions that the sample brings itself, and no others', () => {
    expect(made(DRAFT, { a: 'about a' }).descriptions).toBeUndefined();
    expect(made(DRAFT, { a: 'something else' }).descriptions).toEqual({ a: 'about a' });
    const file = { ...DRAFT, source: { kind: 'url', url: 'https://example.org/a.csv' } } as const;
    expect(made(file, { a: 'about a' }).descriptions).toEqual({ a: 'about a' });
  });

  it('is none while there is nothing to compare', () => {
    expect(workshopOf(EMPTY_PROJECT, SETUP, DRAFT, {})).toBeNull();
    expect(workshopText('#arm-lora')).toBeNull();
  });

  it('without a curve turns the curve off', () => {
    expect(setupOf({ ...made(), curve: null }).curve).toEqual(USUAL_CURVE);
  });

  it('gives what holds for all training to the ways that train', () => {
    const { training } = setupOf({ ...made(), training: { maxLength: 48, epochs: 2 } });
    expect(training).toEqual({
      'zero-shot': {},
      head: { epochs: 3 },
      lora: { epochs: 2 },
      'lora-2': { epochs: 2 },
    });
  });
});

test.each<[string, Partial<Workshop>, RegExp]>([
  [
    'a way that is not known',
    { arms: [{ key: 'x', arm: 'x', settings: {}, training: {} }] },
    /a way “x” that/,
  ],
  [
    'a way under another’s name',
    { arms: [{ key: 'lora', arm: 'head', settings: {}, training: {} }] },
    /the name of another, “lora”/,
  ],
  [
    'a setting out of range',
    { arms: [{ key: 'lora', arm: 'lora', settings: { rank: -1 }, training: {} }] },
    /a setting of Adapter \(LoRA\), rank/,
  ],
  ['training that cannot be', { training: { epochs: 'many' } }, /a setting of .*, epochs/],
  ['a reference that is not among them', { reference: 'full' }, /a way “full” that is not among/],
  [
    'a curve of nobody',
    { curve: { arms: ['full'], sizes: [10], draws: 1 } },
    /a way “full” that is not among/,
  ],
])('%s is refused with words, before anything is opened', (_what, change, words) => {
  const text = encodeWorkshop(workshopSchema.parse({ ...made(), reference: 'lora', ...change }));
  expect(() => readWorkshop(text)).toThrow(words);
});
