/** The engine's way out: a worker of its own for one origin, since the engine itself may reach only the page's. */
import type { Door } from '../engine/pipeline/ports';
import workerUrl from './door.worker.ts?worker&url';
import type { DoorAnswer, DoorRequest } from './doorMessages';
import type { Response as EngineResponse } from './protocol';

interface Waiting {
  resolve: (response: Response) => void;
  reject: (error: unknown) => void;
  /** Of the body; null until the head has come. */
  body: ReadableStreamDefaultController<Uint8Array> | null;
  /** Why the answer ends after the parts that have come; null while it does not. */
  broken: TypeError | null;
}

/** For a hub that sends on to its file stores: origins, or all hosts below one (`https://*.hf.co`). */
export interface Reach {
  stores: readonly string[];
}

/** `reach` lets it follow redirects, within the origin and these stores; without, none is followed. */
export function openDoor(origin: string, reach: Reach | null = null): Door {
  const address = new URL(workerUrl, self.location.href);
  address.searchParams.set('to', origin);
  if (reach) address.searchParams.set('follow', 'yes');
  for (const store of reach?.stores ?? []) address.searchParams.append('store', store);
  const worker = new Worker(address, { type: 'module', name: 'hone-door' });
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let shut: string | null = null;
  const post = (request: DoorRequest): void => worker.postMessage(request);

  const fail = (id: number, error: unknown): void => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (one?.body) one.body.error(error);
    else one?.reject(error);
  };
  const abort = (id: number, reason: unknown): void => {
    if (!waiting.has(id)) return;
    post({ type: 'abort', id });
    fail(id, reason);
  };

  /** A stream that errs throws away what has not been read of it: that comes first. */
  const breakOff = (id: number): void => {
    const one = waiting.get(id);
    const error = new TypeError('the answer broke off');
    if (!one?.body || one.body.desiredSize === WHEN_EMPTY) fail(id, error);
    else one.broken = error;
  };

  const begin = (id: number, { status, headers }: Extract<DoorAnswer, { type: 'head' }>): void => {
    const one = waiting.get(id);
    if (!one) return;
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          one.body = controller;
        },
        pull: () => {
          if (one.broken) fail(id, one.broken);
        },
        cancel: () => {
          waiting.delete(id);
          post({ type: 'abort', id });
        },
      },
      { highWaterMark: WHEN_EMPTY },
    );
    one.resolve(new Response(NO_BODY.includes(status) ? null : body, { status, headers }));
  };

  worker.onmessage = ({ data }: MessageEvent<DoorAnswer>) => {
    switch (data.type) {
      case 'head':
        if (data.status === 0) fail(data.id, new TypeError('no answer'));
        else begin(data.id, data);
        return;
      case 'part':
        waiting.get(data.id)?.body?.enqueue(data.bytes);
        return;
      case 'end':
        if (!data.whole) return breakOff(data.id);
        waiting.get(data.id)?.body?.close();
        waiting.delete(data.id);
        return;
      default:
        return data satisfies never;
    }
  };
  /** Whoever waits, or comes later, is told at once: nothing answers any more. */
  const shutFor = (reason: string): void => {
    shut = reason;
    worker.terminate();
    for (const id of [...waiting.keys()]) fail(id, new TypeError(reason));
  };
  worker.onerror = () => shutFor('the door could not be opened');

  return {
    async fetch(request) {
      const body = request.body === null ? null : await request.text();
      const id = nextId++;
      const { url, method, signal } = request;
      signal.throwIfAborted();
      if (shut !== null) throw new TypeError(shut);
      tellPage(origin, new TextEncoder().encode(body ?? '').byteLength);
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject, body: null, broken: null });
        signal.addEventListener('abort', () => abort(id, signal.reason), { once: true });
        post({ type: 'send', id, url, method, headers: [...request.headers], body });
      });
    },
    close: () => shutFor('the door is closed'),
  };
}

/** Of a body's queue: what it wants while nothing waits in it to be read. */
const WHEN_EMPTY = 1;

/** Statuses that a Response may hold no body with (Fetch standard, “null body status”). */
const NO_BODY = [204, 205, 304];

function tellPage(origin: string, bytes: number): void {
  (self as unknown as Worker).postMessage({ type: 'sent', origin, bytes } satisfies EngineResponse);
}
