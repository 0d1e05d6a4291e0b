/** The worker's door: validates requests, dispatches them to handlers, and sends results and errors as data. */
import { EngineError, toErrorData } from '../engine/core/errors';
import { takeAnswer } from './askPage';
import { benchHandlers } from './handlers/bench';
import { dataHandlers } from './handlers/data';
import { exportHandlers } from './handlers/exports';
import { machineHandlers } from './handlers/machine';
import { modelHandlers } from './handlers/models';
import { runHandlers } from './handlers/runs';
import { studyHandlers } from './handlers/studies';
import {
  type CallKind,
  calls,
  type Handlers,
  PROTOCOL_VERSION,
  type Response,
  requestSchema,
} from './protocol';

const handlers: Handlers = {
  ...machineHandlers,
  ...benchHandlers,
  ...dataHandlers,
  ...modelHandlers,
  ...runHandlers,
  ...studyHandlers,
  ...exportHandlers,
};

const underWay = new Map<number, AbortController>();

self.onmessage = (message: MessageEvent<unknown>) => {
  const request = requestSchema.safeParse(message.data);
  if (!request.success) {
    const id = Number((message.data as { id?: unknown } | null)?.id ?? 0);
    const text = `The page and the engine do not speak the same version (${PROTOCOL_VERSION}).`;
    post({ type: 'error', id, error: { code: 'bad-request', message: text, hint: 'Reload the page.' } });
    return;
  }
  if (request.data.type === 'abort') {
    underWay.get(request.data.id)?.abort();
    return;
  }
  if (request.data.type === 'answer') {
    takeAnswer(request.data);
    return;
  }
  const { id, kind, params } = request.data;
  answer(id, kind, params)
    .then((result) => post({ type: 'result', id, result }, transferables(result)))
    .catch((error: unknown) => post({ type: 'error', id, error: toErrorData(error) }))
    .finally(() => underWay.delete(id));
};

async function answer(id: number, kind: string, params: unknown): Promise<unknown> {
  if (!isCall(kind)) throw new EngineError({ code: 'bad-request', message: `There is no call “${kind}”.` });
  const controller = new AbortController();
  underWay.set(id, controller);
  return run(kind, calls[kind].params.parse(params), {
    emit: (event) => post({ type: 'event', id, event }),
    signal: controller.signal,
  });
}

/** The table pairs each call with its handler; TypeScript cannot follow the pairing through an index. */
function run(
  kind: CallKind,
  params: unknown,
  context: { emit(event: unknown): void; signal: AbortSignal },
): Promise<unknown> {
  const handler = handlers[kind] as (params: unknown, context: unknown) => Promise<unknown>;
  return handler(params, context);
}

function isCall(kind: string): kind is CallKind {
  return Object.hasOwn(calls, kind);
}

function post(response: Response, transfer: Transferable[] = []): void {
  (self as unknown as Worker).postMessage(response, transfer);
}

function transferables(result: unknown): Transferable[] {
  const bytes = (result as { bytes?: unknown } | null)?.bytes;
  return bytes instanceof ArrayBuffer ? [bytes] : [];
}
