/** The Web Locks API between several pretended tabs, as far as Hone uses it: Node 20 has none. */
import type { LockPort } from './locks';

type Mode = 'exclusive' | 'shared';
interface Waiting {
  mode: Mode;
  grant: () => void;
}

export function testLocks(): LockPort {
  const held = new Map<string, Mode[]>();
  const queues = new Map<string, Waiting[]>();
  const queueOf = (name: string): Waiting[] => {
    const queue = queues.get(name) ?? [];
    queues.set(name, queue);
    return queue;
  };
  const free = (name: string, mode: Mode): boolean => {
    const now = held.get(name) ?? [];
    return mode === 'exclusive' ? now.length === 0 : !now.includes('exclusive');
  };
  const serve = (name: string): void => {
    const queue = queueOf(name);
    for (let next = queue[0]; next && free(name, next.mode); next = queue[0]) {
      queue.shift();
      held.set(name, [...(held.get(name) ?? []), next.mode]);
      next.grant();
    }
  };
  const release = (name: string, mode: Mode): void => {
    const now = [...(held.get(name) ?? [])];
    now.splice(now.indexOf(mode), 1);
    held.set(name, now);
    serve(name);
  };
  return {
    request: async (name, { mode = 'exclusive', ifAvailable = false, signal }, work) => {
      if (ifAvailable && (!free(name, mode) || queueOf(name).length > 0)) return work(null);
      await new Promise<void>((resolve, reject) => {
        const waiting: Waiting = { mode, grant: resolve };
        const queue = queueOf(name);
        queue.push(waiting);
        signal?.addEventListener('abort', () => {
          const at = queue.indexOf(waiting);
          if (at < 0) return;
          queue.splice(at, 1);
          reject(signal.reason);
        });
        serve(name);
      });
      try {
        return await work({ name, mode });
      } finally {
        release(name, mode);
      }
    },
    query: async () => ({
      held: [...held].filter(([, modes]) => modes.length > 0).map(([name]) => ({ name })),
    }),
  };
}
