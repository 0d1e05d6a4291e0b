import { afterEach, expect, test, vi } from 'vitest';
import type { PageAnswers, QuestionParams } from '../engine/core/pageQuestions';
import { browserModelAnswers } from './browserModel';

afterEach(async () => {
  vi.unstubAllGlobals();
  await browserModelAnswers['model.end'](null, NEVER);
});

const NEVER = new AbortController().signal;
const availability = (): ReturnType<PageAnswers['model.availability']> =>
  browserModelAnswers['model.availability'](null, NEVER);
const prompt = (
  params: QuestionParams<'model.prompt'>,
  signal = NEVER,
): ReturnType<PageAnswers['model.prompt']> => browserModelAnswers['model.prompt'](params, signal);
const PARAMS = { words: 'four', labels: ['a', 'b'] };

test('a browser without the Prompt API says that it is absent', async () => {
  expect(await availability()).toBe('absent');
  await expect(prompt(PARAMS)).rejects.toMatchObject({
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
  expect(await availability()).toBe('available');
  expect(await prompt(PARAMS)).toEqual({ content: '"b"', tokens: 4 });
  await prompt(PARAMS);
  await browserModelAnswers['model.end'](null, NEVER);
  const asked = 's+ four {"type":"string","enum":["a","b"]}';
  expect(log).toEqual(['made', asked, 's+ ends', asked, 's+ ends', 's ends']);
});

/** A model whose n-th prompt does as told; the log has each session that was made and ended. */
function stub(prompts: ((signal: AbortSignal) => Promise<string>)[]): string[] {
  const log: string[] = [];
  const session = (name: string): object => ({
    clone: async () => session(`${name}+`),
    prompt: (_words: string, { signal }: { signal: AbortSignal }) => prompts.shift()?.(signal),
    destroy: () => log.push(`${name} ends`),
  });
  vi.stubGlobal('LanguageModel', {
    create: async () => {
      log.push('made');
      return session('s');
    },
  });
  return log;
}

test('a row that it cannot answer is one without an answer; the next is asked of a fresh session', async () => {
  const log = stub([() => Promise.reject(new Error('too long')), async () => '"a"']);
  expect(await prompt(PARAMS)).toEqual({ content: null, tokens: null });
  expect(await prompt(PARAMS)).toEqual({ content: '"a"', tokens: null });
  expect(log).toEqual(['made', 's+ ends', 's ends', 'made', 's+ ends']);
});

test('an aborted question is aborted in the browser, too', async () => {
  const hangs = (signal: AbortSignal): Promise<string> =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const log = stub([hangs]);
  const controller = new AbortController();
  const asked = prompt(PARAMS, controller.signal);
  setTimeout(() => controller.abort());
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  expect(log).toEqual(['made', 's+ ends']);
});
