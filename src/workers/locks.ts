/**
 * Names that tabs hold, so that two of them never write the same files: the Web Locks API, which frees what a tab or
 * worker held however it ended. Browsers without it go on as if there were one tab.
 */
import { EngineError } from '../engine/core/errors';

/** The part of the browser's LockManager that is used here; tests give their own. */
export interface LockPort {
  request<T>(
    name: string,
    options: { mode?: 'exclusive' | 'shared'; ifAvailable?: boolean; signal?: AbortSignal },
    work: (lock: unknown) => Promise<T>,
  ): Promise<T>;
  query(): Promise<{ held?: { name?: string }[] }>;
}

export interface Locks {
  /** Does `work` while nobody else holds the name. @throws open-elsewhere when somebody does */
  alone<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Holds a name together with others until the answer is called. */
  share(name: string): Promise<() => void>;
  /** Does `work` if nobody holds the name now. False, with nothing done, when somebody does or nobody can tell. */
  ifUnheld(name: string, work: () => Promise<void>): Promise<boolean>;
  /** Whether nobody holds the name, or lets go of it in a moment, as a page does that was just reloaded. */
  freed(name: string): Promise<boolean>;
  /** Names held by any tab, this one included. */
  held(): Promise<ReadonlySet<string>>;
}

/** What a run's lock is called. Whoever trains, changes or deletes a run holds it. */
export function runLock(id: string): string {
  return `hone:run:${id}`;
}

/** Shared by all that train: what is timed meanwhile is timed wrong. */
export const TRAINING_LOCK = 'hone:training';

/** Shared by all that have a data file open: it must not be deleted. */
export function dataLock(hash: string): string {
  return `hone:data:${hash}`;
}

/** A worker that was ended, or a page that was reloaded, lets go of its locks a moment later: it ends its step first. */
const PATIENCE_MS = 4000;

export function createLocks(port: LockPort | null, patienceMs = PATIENCE_MS): Locks {
  if (!port) return ONE_TAB;
  /** Null when the name is not to be had in time. */
  const patiently = async <T>(
    name: string,
    mode: 'exclusive' | 'shared',
    work: () => Promise<T>,
  ): Promise<{ result: T } | null> => {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), patienceMs);
    let granted = false;
    try {
      return await port.request(name, { mode, signal: patience.signal }, async () => {
        granted = true;
        clearTimeout(timer);
        return { result: await work() };
      });
    } catch (error) {
      if (granted || !patience.signal.aborted) throw error;
      return null;
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    async alone(name, work) {
      const done = await patiently(name, 'exclusive', work);
      if (done) return done.result;
      throw elsewhere();
    },
    freed: async (name) => (await patiently(name, 'shared', async () => null)) !== null,
    share: (name) =>
      new Promise((resolve, reject) => {
        port
          .request(
            name,
            { mode: 'shared' },
            () => new Promise<void>((letGo) => resolve(() => letGo(undefined))),
          )
          .catch(reject);
      }),
    ifUnheld: (name, work) =>
      port.request(name, { ifAvailable: true }, async (lock) => {
        if (lock) await work();
        return lock !== null;
      }),
    async held() {
      const { held = [] } = await port.query();
      return new Set(held.flatMap((lock) => lock.name ?? []));
    },
  };
}

const ONE_TAB: Locks = {
  alone: (_, work) => work(),
  freed: async () => true,
  share: async () => () => undefined,
  ifUnheld: async () => false,
  held: async () => new Set(),
};

function elsewhere(): EngineError {
  return new EngineError({
    code: 'open-elsewhere',
    message: 'This run is open in another tab of this browser, which is training it or changing it.',
    hint: 'Go on in that tab. Or close it, and try again here.',
  });
}
