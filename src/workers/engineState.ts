/** What the worker holds between calls: storage, tables, models, the back end, the run under way. */
import { type BackendChoice, startBackend } from '../engine/backend/start';
import type { BackendInfo } from '../engine/core/events';
import type { Storage } from '../engine/core/storage';
import type { Ports } from '../engine/pipeline/ports';
import { createModelLibrary, type ModelLibrary } from './models';
import { openStorage } from './opfs';
import { createTableLibrary, type TableLibrary } from './tables';
import { WASM_PATHS } from './wasmPaths';

export interface EngineState {
  storage: Storage;
  tables: TableLibrary;
  models: ModelLibrary;
  /** Starts the back end once; a later call with another explicit choice switches. */
  backend(choice: BackendChoice): Promise<BackendInfo>;
  ports(choice: BackendChoice): Promise<Ports>;
}

let state: Promise<EngineState> | null = null;

export function engineState(): Promise<EngineState> {
  state ??= createState();
  return state;
}

async function createState(): Promise<EngineState> {
  const storage = await openStorage();
  const tables = createTableLibrary(storage);
  const models = createModelLibrary(self.location.origin);
  let started: { choice: BackendChoice; info: Promise<BackendInfo> } | null = null;

  const backend = (choice: BackendChoice): Promise<BackendInfo> => {
    if (started && (started.choice === choice || choice === 'auto')) return started.info;
    const info = startBackend({ choice, wasmPaths: WASM_PATHS, onDeviceLost });
    started = { choice, info };
    info.catch(() => {
      started = null;
    });
    return info;
  };

  return {
    storage,
    tables,
    models,
    backend,
    async ports(choice) {
      return {
        backend: await backend(choice),
        storage,
        loadModel: models.load,
        readTable: tables.read,
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
