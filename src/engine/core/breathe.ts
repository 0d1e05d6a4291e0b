/**
 * Lets waiting messages in. A worker that only awaits finished promises never reads its mail; a message to
 * oneself is a full turn of the event loop without setTimeout's four-millisecond floor.
 */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** The same between two pieces of work that may be called off meanwhile. @throws the signal's reason */
export async function breatheUnlessAborted(signal: AbortSignal): Promise<void> {
  await breathe();
  signal.throwIfAborted();
}
