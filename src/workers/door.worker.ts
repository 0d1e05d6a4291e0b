/**
 * The only code of Hone's that sends anything to another site, and only to the origin in its own address: the server
 * gives it a security policy made from that (scripts/server.mjs). It guards against accidents, not against hostile
 * code in the page, which could open a door of its own (docs/decisions/0007). Carries messages, knows nothing of rows.
 * One for one purpose.
 */
import type { DoorAnswer, DoorRequest } from './doorMessages';

const asked = new URL(self.location.href).searchParams;
const allowed = asked.get('to');
const stores = asked.getAll('store');
/** A hub alone is followed to its file stores. Browsers take a key off a request that goes on to another origin. */
const redirect = asked.has('follow') ? 'follow' : 'error';
const open = new Map<number, AbortController>();

self.onmessage = async ({ data }: MessageEvent<DoorRequest>) => {
  if (data.type === 'abort') {
    open.get(data.id)?.abort();
    return;
  }
  const { id, url, method, headers, body } = data;
  const controller = new AbortController();
  open.set(id, controller);
  let begun = false;
  try {
    if (new URL(url).origin !== allowed) throw new TypeError('not the address that was agreed to');
    const response = await fetch(url, {
      ...{ method, headers, body, signal: controller.signal },
      credentials: 'omit',
      redirect,
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
    });
    if (!isAllowed(new URL(response.url).origin)) throw new TypeError('not where it may be sent on to');
    begun = true;
    answer({ type: 'head', id, status: response.status, headers: [...response.headers] });
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      answer({ type: 'part', id, bytes: part.value }, [part.value.buffer]);
    }
    answer({ type: 'end', id, whole: true });
  } catch {
    // Why a request failed is kept from scripts by design; a page learns that it failed.
    answer(begun ? { type: 'end', id, whole: false } : { type: 'head', id, status: 0, headers: [] });
  } finally {
    open.delete(id);
  }
};

/** The policy holds this already, where the server sends one. */
function isAllowed(origin: string): boolean {
  return origin === allowed || stores.some((store) => isBelow(origin, store));
}

function isBelow(origin: string, store: string): boolean {
  const [scheme, domain] = store.split('*');
  if (domain === undefined) return origin === store;
  return origin.startsWith(scheme ?? '') && origin.endsWith(domain);
}

function answer(message: DoorAnswer, transfer: Transferable[] = []): void {
  (self as unknown as Worker).postMessage(message, transfer);
}
