/**
 * The page's only way to the engine: typed calls over one dedicated worker, validated both ways. The worker
 * can be killed and made anew at any moment; calls then under way fail with `worker-lost`.
 */
import { EngineError, toErrorData } from '../engine/core/errors';
import { type PageAnswers, pageQuestions } from '../engine/core/pageQuestions';
import {
  type CallEvent,
  type CallKind,
  calls,
  type Params,
  PROTOCOL_VERSION,
  type Request,
  type Result,
  responseSchema,
} from './protocol';

export interface CallOptions<K extends CallKind> {
  onEvent?: (event: CallEvent<K>) => void;
  signal?: AbortSignal;
}

export interface EngineClient {
  call<K extends CallKind>(kind: K, params: Params<K>, options?: CallOptions<K>): Promise<Result<K>>;
  /** Ends the worker; the next call starts a fresh one. */
  restart(reason: string): void;
  /** Tells of each worker that is gone with all it held, once it had answered something. */
  onLost(listener: () => void): void;
  /** Tells of every request body that the engine sends to another origin, before it is sent. */
  onSent(listener: (origin: string, bytes: number) => void): void;
}

interface Pending {
  kind: CallKind;
  onEvent: (event: unknown) => void;
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

export function createEngineClient(
  spawn: () => Worker = () =>
    new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module', name: 'hone-engine' }),
  answers: Partial<PageAnswers> = {},
): EngineClient {
  let worker: Worker | null = null;
  let nextId = 1;
  const pending = new Map<number, Pending>();
  /** The engine's questions that this page is at. */
  const asked = new Map<number, AbortController>();
  const lost = new Set<() => void>();
  const sent = new Set<(origin: string, bytes: number) => void>();
  /** A worker that never answered held nothing; telling of it would start it over and over. */
  let answered = false;

  const failAll = (error: EngineError): void => {
    const open = [...pending.values()];
    pending.clear();
    for (const call of open) call.reject(error);
  };

  const restart = (reason: string): void => {
    worker?.terminate();
    worker = null;
    for (const controller of asked.values()) controller.abort();
    asked.clear();
    failAll(
      new EngineError({
        code: 'worker-lost',
        message: reason,
        hint: 'Your data and the last checkpoint are kept. The engine starts again with the next action.',
      }),
    );
    const heldSomething = answered;
    answered = false;
    if (heldSomething) for (const tell of lost) tell();
  };

  /** An answer that is not what the table says fails the call; it must not leave it waiting for ever. */
  const settle = (call: Pending, result: unknown): void => {
    const parsed = calls[call.kind].result.safeParse(result);
    if (parsed.success) call.resolve(parsed.data);
    else
      call.reject(
        new EngineError({
          code: 'bad-answer',
          message: `The engine’s answer to “${call.kind}” is not usable: ${parsed.error.issues[0]?.path.join('.')} ${parsed.error.issues[0]?.message}.`,
          hint: 'Reload the page and try again; your data and finished runs are kept.',
        }),
      );
  };

  const answer = async (from: Worker, id: number, question: string, params: unknown): Promise<void> => {
    const controller = new AbortController();
    asked.set(id, controller);
    try {
      const result = await resultFor(answers, question, params, controller.signal);
      from.postMessage({ type: 'answer', id, result, error: null } satisfies Request);
    } catch (thrown) {
      from.postMessage({ type: 'answer', id, result: null, error: toErrorData(thrown) } satisfies Request);
    } finally {
      // A fresh worker counts from 1 again.
      if (asked.get(id) === controller) asked.delete(id);
    }
  };

  const receive = (from: Worker, data: unknown): void => {
    const response = responseSchema.parse(data);
    answered = true;
    if (response.type === 'sent') {
      for (const tell of sent) tell(response.origin, response.bytes);
      return;
    }
    if (response.type === 'unask') {
      asked.get(response.id)?.abort();
      return;
    }
    if (response.type === 'ask') {
      void answer(from, response.id, response.question, response.params);
      return;
    }
    const call = pending.get(response.id);
    if (!call) return;
    switch (response.type) {
      case 'event':
        call.onEvent(calls[call.kind].event.parse(response.event));
        return;
      case 'result':
        pending.delete(response.id);
        settle(call, response.result);
        return;
      case 'error':
        pending.delete(response.id);
        call.reject(new EngineError(response.error));
        return;
      default:
        response satisfies never;
    }
  };

  const ensure = (): Worker => {
    if (worker) return worker;
    const fresh = spawn();
    fresh.onmessage = (message: MessageEvent<unknown>) => receive(fresh, message.data);
    fresh.onerror = (event) => {
      if (worker === fresh)
        restart(`The engine stopped: ${event.message || 'the worker could not be loaded'}.`);
    };
    worker = fresh;
    return fresh;
  };

  const call: EngineClient['call'] = (kind, params, { onEvent, signal } = {}) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const id = nextId++;
      // One signal may serve many calls and outlive them; what has ended must not be told to stop.
      const abort = (): void => worker?.postMessage({ type: 'abort', id } satisfies Request);
      const settled = (): void => signal?.removeEventListener('abort', abort);
      pending.set(id, {
        kind,
        onEvent: (event) => onEvent?.(event as never),
        resolve: (result) => {
          settled();
          resolve(result as never);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      });
      signal?.addEventListener('abort', abort, { once: true });
      const request: Request = { type: 'call', version: PROTOCOL_VERSION, id, kind, params };
      ensure().postMessage(request);
    });

  return {
    call,
    restart,
    onLost: (listener) => lost.add(listener),
    onSent: (listener) => sent.add(listener),
  };
}

/** @throws no-page-answer where this page answers no such question */
async function resultFor(
  answers: Partial<PageAnswers>,
  question: string,
  params: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const known = Object.hasOwn(pageQuestions, question) ? (question as keyof PageAnswers) : null;
  const work =
    known && (answers[known] as ((params: unknown, signal: AbortSignal) => Promise<unknown>) | undefined);
  if (known && work) return work(pageQuestions[known].params.parse(params), signal);
  throw new EngineError({ code: 'no-page-answer', message: `This page cannot answer “${question}”.` });
}
