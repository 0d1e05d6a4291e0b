/** The engine's way out: a worker of its own for one origin, since the engine itself may reach only the page's. */
import type { Door } from '../engine/pipeline/ports';
import workerUrl from './door.worker.ts?worker&url';
import type { DoorAnswer, DoorRequest } from './doorMessages';
import type { Response as EngineResponse } from './protocol';

interface Waiting {
  resolve: (response: Response) => void;
  reject: (error: unknown) => void;
}

export function openDoor(origin: string): Door {
  const address = new URL(workerUrl, self.location.href);
  address.searchParams.set('to', origin);
  const worker = new Worker(address, { type: 'module', name: 'hone-door' });
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let shut: string | null = null;
  const post = (request: DoorRequest): void => worker.postMessage(request);

  worker.onmessage = ({ data: { id, status, headers, body } }: MessageEvent<DoorAnswer>) => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (status === 0) one?.reject(new TypeError('no answer'));
    else one?.resolve(new Response(NO_BODY.includes(status) ? null : body, { status, headers }));
  };
  /** Whoever waits, or comes later, is told at once: nothing answers any more. */
  const shutFor = (reason: string): void => {
    shut = reason;
    worker.terminate();
    for (const one of waiting.values()) one.reject(new TypeError(reason));
    waiting.clear();
  };
  worker.onerror = () => shutFor('the door could not be opened');

  return {
    async fetch(request) {
      const body = await request.text();
      const id = nextId++;
      const { url, method, signal } = request;
      signal.throwIfAborted();
      if (shut !== null) throw new TypeError(shut);
      tellPage(origin, new TextEncoder().encode(body).byteLength);
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        signal.addEventListener(
          'abort',
          () => {
            waiting.delete(id);
            post({ type: 'abort', id });
            reject(signal.reason);
          },
          { once: true },
        );
        post({ type: 'send', id, url, method, headers: [...request.headers], body });
      });
    },
    close: () => shutFor('the door is closed'),
  };
}

/** Statuses that a Response may hold no body with (Fetch standard, “null body status”). */
const NO_BODY = [204, 205, 304];

function tellPage(origin: string, bytes: number): void {
  (self as unknown as Worker).postMessage({ type: 'sent', origin, bytes } satisfies EngineResponse);
}
