import { expect, test, vi } from 'vitest';
import { askPage, takeAnswer } from './askPage';

const posted: { type: string; id: number }[] = [];
vi.stubGlobal('self', { postMessage: (message: { type: string; id: number }) => posted.push(message) });

test('an answer is the page’s, and an abort is told to the page and waited for by nobody', async () => {
  const answered = askPage('model.availability', null);
  takeAnswer({ type: 'answer', id: posted[0]?.id ?? 0, result: 'available', error: null });
  expect(await answered).toBe('available');
  const controller = new AbortController();
  const given = { words: 'a', labels: [] };
  const aborted = askPage('model.prompt', given, controller.signal);
  controller.abort();
  await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
  expect(posted.map(({ type }) => type)).toEqual(['ask', 'ask', 'unask']);
  expect(posted[2]?.id).toBe(posted[1]?.id);
  await expect(askPage('model.prompt', given, controller.signal)).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(posted).toHaveLength(3);
});
