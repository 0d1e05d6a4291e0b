import { describe, expect, test, vi } from 'vitest';
import { createEngineClient } from './client';
import type { Request } from './protocol';

/** A worker that answers when the test says so. */
class FakeWorker {
  readonly requests: Request[] = [];
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  terminate(): void {}
  postMessage(request: Request): void {
    this.requests.push(request);
  }
  answer(id: number, result: unknown): void {
    this.onmessage?.({ data: { type: 'result', id, result } });
  }
}

function setUp() {
  const workers: FakeWorker[] = [];
  const client = createEngineClient(() => {
    workers.push(new FakeWorker());
    return workers.at(-1) as unknown as Worker;
  });
  return { client, workers };
}

test('what leaves by the door is told, and is no answer to a call', () => {
  const { client, workers } = setUp();
  const told = vi.fn();
  client.onSent(told);
  void client.call('run.delete', { id: 'a' });
  workers[0]?.onmessage?.({ data: { type: 'sent', origin: 'http://localhost:1', bytes: 12 } });
  expect(told.mock.calls).toEqual([['http://localhost:1', 12]]);
});

test('a question of the engine is answered by the page, or refused', async () => {
  const workers: FakeWorker[] = [];
  const client = createEngineClient(
    () => {
      workers.push(new FakeWorker());
      return workers.at(-1) as unknown as Worker;
    },
    { 'model.availability': async () => 'available' },
  );
  void client.call('run.delete', { id: 'a' });
  const ask = (id: number, question: string, params: unknown): void =>
    workers[0]?.onmessage?.({ data: { type: 'ask', id, question, params } });
  ask(1, 'model.availability', null);
  ask(2, 'model.prompt', { words: 'a', labels: [] });
  ask(3, 'toString', null);
  await vi.waitFor(() => expect(workers[0]?.requests).toHaveLength(4));
  expect(workers[0]?.requests.slice(1).sort((a, b) => Number(a.id) - Number(b.id))).toMatchObject([
    { type: 'answer', id: 1, result: 'available', error: null },
    { type: 'answer', id: 2, error: { code: 'no-page-answer' } },
    { type: 'answer', id: 3, error: { code: 'no-page-answer' } },
  ]);
});

test('a question that the engine does not wait for any more is aborted, and so is one of a dead engine', async () => {
  const signals: AbortSignal[] = [];
  const workers: FakeWorker[] = [];
  const client = createEngineClient(
    () => {
      workers.push(new FakeWorker());
      return workers.at(-1) as unknown as Worker;
    },
    {
      'model.availability': (_, signal) => {
        signals.push(signal);
        return new Promise(() => undefined);
      },
    },
  );
  const lost = client.call('run.delete', { id: 'a' });
  const receive = (data: object): void => workers[0]?.onmessage?.({ data });
  for (const id of [1, 2]) receive({ type: 'ask', id, question: 'model.availability', params: null });
  await vi.waitFor(() => expect(signals).toHaveLength(2));
  receive({ type: 'unask', id: 1 });
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  client.restart('It stopped.');
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  await expect(lost).rejects.toMatchObject({ code: 'worker-lost' });
});

describe('an abort', () => {
  test('is passed on while the call is under way, and not once it has ended', async () => {
    const { client, workers } = setUp();
    const { signal } = new AbortController();
    const add = vi.spyOn(signal, 'addEventListener');
    const remove = vi.spyOn(signal, 'removeEventListener');
    const done = client.call('run.delete', { id: 'a' }, { signal });
    workers[0]?.answer(1, null);
    await done;
    expect(remove.mock.calls).toEqual([['abort', add.mock.calls[0]?.[1]]]);
    const controller = new AbortController();
    const first = client.call('run.delete', { id: 'a' }, { signal: controller.signal });
    const second = client.call('run.delete', { id: 'b' }, { signal: controller.signal });
    workers[0]?.answer(2, null);
    await first;
    controller.abort();
    expect(workers[0]?.requests.filter(({ type }) => type === 'abort')).toEqual([{ type: 'abort', id: 3 }]);
    workers[0]?.answer(3, null);
    await second;
  });

  test('that came before the call keeps it from being made', async () => {
    const { client, workers } = setUp();
    const call = client.call('run.delete', { id: 'a' }, { signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    expect(workers).toEqual([]);
  });

  test('of a call whose worker is gone starts no new worker', async () => {
    const { client, workers } = setUp();
    const controller = new AbortController();
    const call = client.call('run.delete', { id: 'a' }, { signal: controller.signal });
    client.restart('It stopped.');
    await expect(call).rejects.toMatchObject({ code: 'worker-lost', message: 'It stopped.' });
    controller.abort();
    expect(workers).toHaveLength(1);
  });
});

describe('a lost worker', () => {
  test('is told of once, so that what it held can be opened again', async () => {
    const { client, workers } = setUp();
    const lost = vi.fn();
    client.onLost(lost);
    const first = client.call('run.delete', { id: 'a' });
    workers[0]?.answer(1, null);
    await first;
    const second = client.call('run.delete', { id: 'b' });
    workers[0]?.onerror?.({ message: 'out of memory' });
    await expect(second).rejects.toMatchObject({ code: 'worker-lost' });
    expect(lost).toHaveBeenCalledTimes(1);
  });

  test('that never answered is not told of: it would be started over and over', async () => {
    const { client, workers } = setUp();
    const lost = vi.fn();
    client.onLost(lost);
    const call = client.call('run.delete', { id: 'a' });
    workers[0]?.onerror?.({ message: 'no such file' });
    await expect(call).rejects.toMatchObject({ code: 'worker-lost' });
    expect(lost).not.toHaveBeenCalled();
  });
});
