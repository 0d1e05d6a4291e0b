import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeWorkshop, encodeWorkshop, type Workshop, workshopSchema } from './workshop';

const WORKSHOP: Workshop = workshopSchema.parse({
  version: 1,
  title: 'Ärger & Rückfragen 🙂',
  source: { kind: 'sample', id: 'support-intents' },
  arms: [
    { key: 'zero-shot', arm: 'zero-shot' },
    { key: 'lora', arm: 'lora', settings: { rank: 4 } },
  ],
  reference: 'zero-shot',
});

describe('a workshop link', () => {
  test('says the same on the other side', () => {
    const link = encodeWorkshop(WORKSHOP);
    expect(link).toMatch(/^[\w-]+$/);
    expect(decodeWorkshop(link)).toEqual(WORKSHOP);
  });

  test('whatever comes in its place is refused with words, never with a crash', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        expect(() => decodeWorkshop(text)).toThrow(/This workshop link cannot be used/);
      }),
    );
  });

  test.each([
    [
      'an address that is no web address',
      { source: { kind: 'url', url: 'javascript:alert(1)' } },
      'source.url',
    ],
    ['a key that is a path', { arms: [{ key: '../x', arm: 'head' }] }, 'arms.0.key'],
    ['a field that there is not', { secrets: { lora: 'sk-1' } }, 'Unrecognized key'],
  ])('%s', (_what, change, words) => {
    const link = btoa(JSON.stringify({ ...WORKSHOP, title: '', ...change }));
    expect(() => decodeWorkshop(link)).toThrow(words);
  });

  test('too much for a link is said when it is made', () => {
    const examples = { label: Array.from({ length: 60 }, () => 'x'.repeat(300)) };
    expect(() => encodeWorkshop({ ...WORKSHOP, examples })).toThrow('too long for a link');
  });
});
