/**
 * The only code of Hone's that sends anything to another site, and only to the origin in its own address: the server
 * gives it a security policy made from that (scripts/server.mjs). It guards against accidents, not against hostile
 * code in the page, which could open a door of its own (docs/decisions/0007). Carries messages, knows nothing of rows.
 * One for one arm.
 */
import type { DoorAnswer, DoorRequest } from './doorMessages';

const allowed = new URL(self.location.href).searchParams.get('to');
const open = new Map<number, AbortController>();

self.onmessage = async ({ data }: MessageEvent<DoorRequest>) => {
  if (data.type === 'abort') {
    open.get(data.id)?.abort();
    return;
  }
  const { id, url, method, headers, body } = data;
  const controller = new AbortController();
  open.set(id, controller);
  try {
    if (new URL(url).origin !== allowed) throw new TypeError('not the address that was agreed to');
    const response = await fetch(url, {
      ...{ method, headers, body, signal: controller.signal },
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
    });
    answer({ id, status: response.status, headers: [...response.headers], body: await response.text() });
  } catch {
    // Why a request failed is kept from scripts by design; a page learns that it failed.
    answer({ id, status: 0, headers: [], body: '' });
  } finally {
    open.delete(id);
  }
};

function answer(message: DoorAnswer): void {
  (self as unknown as Worker).postMessage(message);
}
