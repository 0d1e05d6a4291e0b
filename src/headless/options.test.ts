import { describe, expect, test } from 'vitest';
import { METHODS, methodDefaults, trainingDefaults } from '../engine/catalog';
import { helpText } from './help';
import { parseArguments, RUN_OPTIONS, SETTING_OPTIONS, settingsFor, settingValue } from './options';

const WORDS = {
  kind: 'text',
  key: 'words',
  label: 'Words',
  term: 'Text',
  help: 'Any.',
  level: 'simple',
  default: '',
} as const;

describe('options', () => {
  test('every setting of the specs is an option, and none takes the name of another', () => {
    const settings = SETTING_OPTIONS.map(({ field, owner }) => `${owner ?? ''}/${field.option}`);
    expect(new Set(settings).size).toBe(settings.length);
    for (const { field } of SETTING_OPTIONS) expect(Object.keys(RUN_OPTIONS)).not.toContain(field.option);
    for (const { field } of SETTING_OPTIONS) expect(helpText('compare')).toContain(`${field.option}`);
  });

  test('a spec’s defaults, given as options, are read as they are', () => {
    for (const { id } of METHODS) {
      const defaults = { ...methodDefaults(id), ...trainingDefaults(id) };
      const own = SETTING_OPTIONS.filter(({ owner }) => owner === null || owner === id);
      const given = Object.fromEntries(own.map(({ field }) => [field.option, String(defaults[field.key])]));
      const read = settingsFor(id, given);
      expect({ ...read.method, ...read.training }).toEqual(
        Object.fromEntries(own.map(({ field }) => [field.key, defaults[field.key]])),
      );
    }
  });

  test('reads values after a space and after an equals sign', () => {
    const { data, run, settings } = parseArguments([
      'rows.csv',
      '--text',
      'body',
      '--epochs=3',
      '--no-header',
    ]);
    expect(data).toBe('rows.csv');
    expect(run).toEqual({ text: 'body', 'no-header': '' });
    expect(settings).toEqual({ epochs: '3' });
  });

  test.each([
    [['--epoch', '3'], /no option --epoch\. Did you mean --epochs\?/],
    [['--quantise'], /no option --quantise\.$/],
    [['--text'], /--text needs a value/],
    [['--text', '--label'], /--text needs a value/],
    [['a.csv', 'b.csv'], /One data file at a time: “a\.csv”, “b\.csv”/],
  ])('refuses %j', (argv, message) => {
    expect(() => parseArguments(argv)).toThrow(message);
  });

  test.each([
    ['full', { rank: '4' }, /--rank belongs to lora and dora; this run uses full/],
    ['lora', { rank: '0' }, /--rank must be a whole number from 1 to 64, not “0”/],
    ['lora', { epochs: '2.5' }, /--epochs must be a whole number/],
    ['lora', { lr: 'fast' }, /--lr must be a number/],
    ['lora', { schedule: 'cosin' }, /Did you mean “cosine”/],
    ['lora', { targets: 'query,valeu' }, /Did you mean “value”/],
  ])('refuses for %s %j', (method, settings, message) => {
    expect(() => settingsFor(method, settings)).toThrow(message);
  });

  test('text is taken as it is, up to its length', () => {
    const field = { ...WORDS, maxLength: 8 };
    for (const text of ['', ' a, b ', '{{text}}']) expect(settingValue(field, 'words', text)).toBe(text);
    expect(() => settingValue(field, 'words', '123456789')).toThrow(
      /--words holds at most 8 characters, not 9/,
    );
  });
});
