/** The engine's end of a door, against a worker that does what the test says. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openDoor } from './door';

class FakeWorker {
  static last: FakeWorker;
  readonly posted: { type: string; id: number }[] = [];
  onmessage: ((event: { data: object }) => void) | null = null;
  onerror: (() => void) | null = null;
  constructor() {
    FakeWorker.last = this;
  }
  postMessage(message: { type: string; id: number }): void {
    this.posted.push(message);
  }
  terminate(): void {}
}

const ORIGIN = 'http://localhost:1';
const request = (): Request => new Request(`${ORIGIN}/v1`, { method: 'POST', body: 'row' });
const told: object[] = [];

beforeEach(() => {
  told.length = 0;
  vi.stubGlobal('Worker', FakeWorker);
  vi.stubGlobal('self', { location: { href: 'http://page/' }, postMessage: (one: object) => told.push(one) });
});
afterEach(() => vi.unstubAllGlobals());

test('carries a request and its answer, and tells the page how much it was', async () => {
  const answer = openDoor(ORIGIN).fetch(request());
  await vi.waitFor(() => expect(FakeWorker.last.posted).toHaveLength(1));
  const says = (data: object): void => FakeWorker.last.onmessage?.({ data: { id: 1, ...data } });
  says({ type: 'head', status: 200, headers: [] });
  says({ type: 'part', bytes: new TextEncoder().encode('yes') });
  says({ type: 'end', whole: true });
  expect(await (await answer).text()).toBe('yes');
  expect(told).toEqual([{ type: 'sent', origin: ORIGIN, bytes: 3 }]);
});

test('an answer that breaks off gives what has come before it says so', async () => {
  const answer = openDoor(ORIGIN).fetch(request());
  await vi.waitFor(() => expect(FakeWorker.last.posted).toHaveLength(1));
  const says = (data: object): void => FakeWorker.last.onmessage?.({ data: { id: 1, ...data } });
  says({ type: 'head', status: 200, headers: [] });
  says({ type: 'part', bytes: new Uint8Array([1, 2]) });
  says({ type: 'part', bytes: new Uint8Array([3]) });
  says({ type: 'end', whole: false });
  const reader = (await answer).body?.getReader();
  expect(await reader?.read()).toEqual({ done: false, value: new Uint8Array([1, 2]) });
  expect(await reader?.read()).toEqual({ done: false, value: new Uint8Array([3]) });
  await expect(reader?.read()).rejects.toThrow('broke off');
});

test('an answer that breaks off before anything has come says so', async () => {
  const answer = openDoor(ORIGIN).fetch(request());
  await vi.waitFor(() => expect(FakeWorker.last.posted).toHaveLength(1));
  const says = (data: object): void => FakeWorker.last.onmessage?.({ data: { id: 1, ...data } });
  says({ type: 'head', status: 200, headers: [] });
  const reader = (await answer).body?.getReader();
  says({ type: 'end', whole: false });
  await expect(reader?.read()).rejects.toThrow('broke off');
});

test('that broke refuses those who wait and those who come later, and sends nothing more', async () => {
  const door = openDoor(ORIGIN);
  const waiting = door.fetch(request());
  await vi.waitFor(() => expect(FakeWorker.last.posted).toHaveLength(1));
  FakeWorker.last.onerror?.();
  await expect(waiting).rejects.toThrow('could not be opened');
  await expect(door.fetch(request())).rejects.toThrow('could not be opened');
  expect(FakeWorker.last.posted).toHaveLength(1);
  expect(told).toHaveLength(1);
});
