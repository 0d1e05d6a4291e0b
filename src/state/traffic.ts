/**
 * Counts what this page sends: the bodies of every request, by every way a page has of sending one. Browsers report
 * what was received but not what was sent, so the ways out are counted where they are called; the engine tells what
 * leaves by its door.
 */
import { engine } from './client';
import { machineStore } from './machine';

export function countUploads(): void {
  const send = window.fetch;
  window.fetch = (input, init) => {
    const body = init?.body ?? (input instanceof Request && input.body ? input.clone() : null);
    void sizeOf(body).then(add);
    return send(input, init);
  };
  const xhr = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (body) {
    void sizeOf(body instanceof Document ? body.documentElement.outerHTML : body).then(add);
    Reflect.apply(xhr, this, [body]);
  };
  const beacon = navigator.sendBeacon.bind(navigator);
  navigator.sendBeacon = (url, data) => {
    void sizeOf(data).then(add);
    return beacon(url, data);
  };
  const socket = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    // The development server's own reload channel is not the user's data.
    if (!import.meta.env.DEV) void sizeOf(data).then(add);
    socket.call(this, data);
  };
  engine.onSent(countOutside);
}

function countOutside(origin: string, bytes: number): void {
  add(bytes);
  machineStore.setState(({ sentTo }) => ({ sentTo: { ...sentTo, [origin]: (sentTo[origin] ?? 0) + bytes } }));
}

function add(bytes: number): void {
  if (bytes > 0) machineStore.setState(({ bytesSent }) => ({ bytesSent: bytesSent + bytes }));
}

async function sizeOf(body: BodyInit | Request | null | undefined): Promise<number> {
  if (body === null || body === undefined) return 0;
  if (typeof body === 'string') return new TextEncoder().encode(body).byteLength;
  if (body instanceof Request) return (await body.arrayBuffer()).byteLength;
  // A stream can be read once only; it is counted as one byte, so that the meter does not stay at 0.
  if (body instanceof ReadableStream) return 1;
  return (await new Response(body).arrayBuffer()).byteLength;
}
