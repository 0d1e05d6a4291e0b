import { afterEach, expect, test, vi } from 'vitest';
import { browserModelAnswers } from './browserModel';

afterEach(() => vi.unstubAllGlobals());

test('a browser without the Prompt API says that it is absent', async () => {
  expect(await browserModelAnswers['model.availability'](null)).toBe('absent');
  await expect(browserModelAnswers['model.prompt']({ words: 'a', labels: ['b'] })).rejects.toMatchObject({
    code: 'browser-model-failed',
  });
});

test('each row is asked in a session of its own, held to the labels', async () => {
  const log: string[] = [];
  const session = (name: string): object => ({
    clone: async () => session(`${name}+`),
    measureContextUsage: async (words: string) => words.length,
    prompt: async (words: string, { responseConstraint }: { responseConstraint: object }) => {
      log.push(`${name} ${words} ${JSON.stringify(responseConstraint)}`);
      return '"b"';
    },
    destroy: () => log.push(`${name} ends`),
  });
  vi.stubGlobal('LanguageModel', {
    availability: async () => 'available',
    create: async () => {
      log.push('made');
      return session('s');
    },
  });
  expect(await browserModelAnswers['model.availability'](null)).toBe('available');
  const params = { words: 'four', labels: ['a', 'b'] };
  expect(await browserModelAnswers['model.prompt'](params)).toEqual({ content: '"b"', tokens: 4 });
  await browserModelAnswers['model.prompt'](params);
  const asked = 's+ four {"type":"string","enum":["a","b"]}';
  expect(log).toEqual(['made', asked, 's+ ends', asked, 's+ ends']);
});
