/** Specs against themselves, and settings refused by the name a person reads. */
import { describe, expect, test } from 'vitest';
import {
  METHODS,
  methodDefaults,
  methodSpec,
  trainingDefaults,
  trainingFields,
  validateSettings,
} from './catalog';
import { settingsRecord } from './core/config';
import { type EngineError, toErrorData } from './core/errors';
import { type Field, settingsSchema } from './core/fields';
import { TRAINING_FIELDS } from './training/spec';

const IDS = METHODS.map(({ id }) => id);

function refusal(method: string, settings: object, training: object): ReturnType<EngineError['toData']> {
  try {
    validateSettings({
      method: { id: method, settings: settings as Record<string, number> },
      training: training as Record<string, number>,
    });
  } catch (error) {
    return toErrorData(error);
  }
  throw new Error('nothing was refused');
}

test('LoRA’s targets as older versions saved them are read as roles', () => {
  const targets = ['query', 'attention.output.dense', 'intermediate.dense', 'output.dense'];
  const settings = settingsRecord.parse({ rank: 4, targets });
  const read = validateSettings({ method: { id: 'lora', settings }, training: {} }).method;
  expect(read).toMatchObject({ rank: 4, targets: ['query', 'attention-output', 'up', 'down'] });
});

describe.each(IDS)('%s', (id) => {
  test('its defaults pass its own checks and fill what is left out', () => {
    const { method, training } = validateSettings({ method: { id, settings: {} }, training: {} });
    expect(method).toEqual(methodDefaults(id));
    expect(training).toEqual(trainingDefaults(id));
    expect(training).toMatchObject(methodSpec(id).trainingDefaults);
  });

  test('overrides only training fields that exist', () => {
    const keys = TRAINING_FIELDS.map(({ key }) => key as string);
    expect(keys).toEqual(expect.arrayContaining(Object.keys(methodSpec(id).trainingDefaults)));
  });

  test('no two fields share a key or a command-line option', () => {
    const fields = [...trainingFields(id), ...methodSpec(id).fields];
    const options = fields.flatMap(({ option }) => option ?? []);
    expect(new Set(fields.map(({ key }) => key)).size).toBe(fields.length);
    expect(new Set(options).size).toBe(options.length);
  });
});

describe('a setting is refused by its name and range', () => {
  test.each([
    ['a number too large', { learningRate: 2 }, 'learningRate', /“Learning rate”/, /between 1e-7 and 1\./],
    ['a fraction of an epoch', { epochs: 1.5 }, 'epochs', /“Epochs”/, /between 1 and 200/],
    ['no number at all', { batchSize: Number.NaN }, 'batchSize', /“Batch size”/, /between 1 and 256/],
    ['a word for a number', { seed: '1' }, 'seed', /“Random seed”/, /between 0/],
    ['a choice nobody offers', { schedule: 'step' }, 'schedule', /“Learning-rate schedule”/, /default/],
    ['an unknown setting', { momentum: 0.9 }, '', /momentum/, /default/],
  ])('%s', (_, training, field, message, hint) => {
    const error = refusal('full', {}, training);
    expect(error.code).toBe('bad-setting');
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
    expect(error.details).toEqual({ field });
  });

  test.each([
    [{ targets: [] }, 'targets', /“Target modules”/],
    [{ targets: ['embeddings'] }, 'targets', /“Target modules”/],
    [{ rank: 65 }, 'rank', /method lora: “LoRA rank \(r\)”/],
  ])('%o of the method', (settings, field, message) => {
    const error = refusal('lora', settings, {});
    expect(error.message).toMatch(message);
    expect(error.details).toEqual({ field });
  });

  test('an unknown method names the known ones', () => {
    const { code, hint } = refusal('toString', {}, {});
    expect(code).toBe('unknown-method');
    for (const id of IDS) expect(hint).toContain(id);
  });
});

test('a switch is true or false and nothing like it', () => {
  const field: Field = {
    kind: 'switch',
    key: 'on',
    label: 'On',
    term: 'On',
    help: '',
    level: 'simple',
    default: false,
  };
  const schema = settingsSchema([field]);
  expect(schema.parse({})).toEqual({ on: false });
  expect(schema.parse({ on: true })).toEqual({ on: true });
  expect(schema.safeParse({ on: 1 }).success).toBe(false);
});
