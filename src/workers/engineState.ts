/** What the worker holds between calls: storage, tables, models, the back end, the run under way. */
import { type BackendChoice, startBackend } from '../engine/backend/start';
import { EngineError } from '../engine/core/errors';
import type { BackendInfo } from '../engine/core/events';
import type { Storage } from '../engine/core/storage';
import type { Ports } from '../engine/pipeline/ports';
import { askPage } from './askPage';
import { openDoor } from './door';
import { createLocks, type Locks } from './locks';
import { createModelLibrary, type ModelLibrary } from './models';
import { openStorage } from './opfs';
import { createTableLibrary, type TableLibrary } from './tables';
import { WASM } from './wasmFiles';

export interface EngineState {
  storage: Storage;
  locks: Locks;
  tables: TableLibrary;
  models: ModelLibrary;
  /** Starts the back end once per choice; another choice switches. @throws run-under-way while another is held */
  backend(choice: BackendChoice): Promise<BackendInfo>;
  /** Whatever runs now, started if nothing does: enough to read a stored model. */
  anyBackend(): Promise<BackendInfo>;
  /** A run keeps its back end until it ends: nothing may switch it underneath. */
  holdBackend(choice: BackendChoice | null): void;
  ports(choice: BackendChoice): Promise<Ports>;
}

let state: Promise<EngineState> | null = null;

export function engineState(): Promise<EngineState> {
  state ??= createState();
  return state;
}

async function createState(): Promise<EngineState> {
  const storage = await openStorage();
  const locks = createLocks(navigator.locks ?? null);
  const tables = createTableLibrary(storage, locks);
  const models = createModelLibrary(self.location.origin);
  let started: { choice: BackendChoice; info: Promise<BackendInfo> } | null = null;

  let held: BackendChoice | null = null;

  const backend = async (choice: BackendChoice): Promise<BackendInfo> => {
    const before = started;
    if (before?.choice === choice) return before.info;
    if (held !== null && held !== choice) {
      throw new EngineError({
        code: 'run-under-way',
        message: 'Where the model runs cannot change while a run is under way.',
        hint: 'Wait for the run to end, or stop it on the Train page.',
      });
    }
    const start = () => startBackend({ choice, wasm: WASM, onDeviceLost });
    // One after the other: two starts at once would leave it open which one is in force.
    const mine = { choice, info: before ? before.info.then(start, start) : start() };
    started = mine;
    mine.info.catch(() => {
      if (started === mine) started = null;
    });
    return mine.info;
  };

  return {
    storage,
    locks,
    tables,
    models,
    backend,
    anyBackend: () => started?.info ?? backend('auto'),
    holdBackend: (choice) => {
      held = choice;
    },
    async ports(choice) {
      return {
        backend: await backend(choice),
        storage,
        loadModel: models.load,
        readTable: tables.read,
        openDoor,
        askPage,
        now: () => performance.now(),
      };
    },
  };
}

/** Nothing on a lost device can be saved: the worker ends itself and the page starts a fresh one. */
function onDeviceLost(reason: string): void {
  setTimeout(() => {
    throw new Error(`the graphics card was reset by the system (${reason})`);
  });
}
