import { describe, expect, it } from 'vitest';
import { methodSpec, trainingFields } from '../../engine/catalog';
import type { NumberField, TextField } from '../../engine/core/fields';
import { fieldError, invalidKeys, isChanged } from './fieldError';
import { formatEntry, parseEntry, stepEntry } from './numberEntry';

function numberField(key: string): NumberField {
  const field = [...trainingFields('lora'), ...methodSpec('lora').fields].find((one) => one.key === key);
  if (field?.kind !== 'number') throw new Error(`no number field ${key}`);
  return field;
}
const words: TextField = {
  kind: 'text',
  key: 'words',
  label: 'Words',
  term: 'Text',
  help: 'Any.',
  level: 'simple',
  default: 'usual',
  maxLength: 1200,
};
const rate = numberField('learningRate');
const length = numberField('maxLength');
const rank = numberField('rank');

describe('number entry', () => {
  it.each([
    ['1e-4', 1e-4],
    ['0.0001', 1e-4],
    [' 5E-5 ', 5e-5],
    ['.5', 0.5],
    ['0,05', 0.05],
    ['1,000', 1000],
    ['2 000', 2000],
    ['-3', -3],
  ])('reads %s', (text, value) => expect(parseEntry(text)).toBe(value));

  it.each(['', 'abc', '1e', '--2', '1.2.3', 'Infinity', '1e999'])('refuses %s', (text) =>
    expect(parseEntry(text)).toBeNull(),
  );

  it('writes learning rates as powers of ten and others as digits', () => {
    expect(formatEntry(rate, 1e-4)).toBe('1e-4');
    expect(formatEntry(rate, 2.5e-5)).toBe('2.5e-5');
    expect(formatEntry(rate, 0.01)).toBe('0.01');
    expect(formatEntry(length, 64)).toBe('64');
  });

  it('steps a learning rate through 1, 2, 5 of each decade', () => {
    const up = [1e-4];
    for (let i = 0; i < 4; i++) up.push(stepEntry(rate, up.at(-1) ?? 0, 1));
    expect(up).toEqual([1e-4, 2e-4, 5e-4, 1e-3, 2e-3]);
    expect(stepEntry(rate, 1e-4, -1)).toBe(5e-5);
    expect(stepEntry(rate, 3e-4, 1)).toBe(5e-4);
    expect(stepEntry(rate, 3e-4, -1)).toBe(2e-4);
  });

  it('steps onto the grid and stops at the ends', () => {
    expect(stepEntry(length, 64, 1)).toBe(72);
    expect(stepEntry(length, 70, 1)).toBe(72);
    expect(stepEntry(length, 70, -1)).toBe(64);
    expect(stepEntry(length, 8, -1)).toBe(8);
    expect(stepEntry(rank, 64, 1)).toBe(64);
  });
});

describe('field errors', () => {
  it('names the range in words', () => {
    expect(fieldError(rank, 8)).toBeUndefined();
    expect(fieldError(rank, 0)).toBe('Give a whole number from 1 to 64.');
    expect(fieldError(rank, 2.5)).toBe('Give a whole number from 1 to 64.');
    expect(fieldError(length, 4)).toBe('Give a whole number from 8 to 512 tokens.');
    expect(fieldError(rate, 0)).toBe('Give a number from 1e-7 to 1.');
  });

  it('takes any text up to its length', () => {
    for (const text of ['', 'ü🙂\n{{text}}', 'x'.repeat(1200)])
      expect(fieldError(words, text)).toBeUndefined();
    expect(fieldError(words, 'x'.repeat(1201))).toBe('Write at most 1,200 characters.');
    expect(isChanged(words, 'usual')).toBe(false);
    expect(isChanged(words, '')).toBe(true);
  });

  it('refuses an empty list and lists the keys at fault', () => {
    const { fields } = methodSpec('lora');
    expect(invalidKeys(fields, { rank: 0, alpha: 16, loraDropout: 0, targets: [] })).toEqual([
      'rank',
      'targets',
    ]);
  });

  it('sees a change, but not a reordered list', () => {
    const targets = methodSpec('lora').fields.find((field) => field.key === 'targets');
    if (targets?.kind !== 'many') throw new Error('targets');
    expect(isChanged(targets, [...targets.default].reverse())).toBe(false);
    expect(isChanged(targets, ['query'])).toBe(true);
    expect(isChanged(rank, 8)).toBe(false);
    expect(isChanged(rank, undefined)).toBe(false);
    expect(isChanged(rank, 16)).toBe(true);
  });
});
