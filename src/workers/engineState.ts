/** What the worker holds between calls: storage, tables, models, the back end, the run under way. */
import { type BackendChoice, type StartOptions, startBackend } from '../engine/backend/start';
import type { RunConfig } from '../engine/core/config';
import { EngineError } from '../engine/core/errors';
import type { BackendInfo } from '../engine/core/events';
import type { Storage } from '../engine/core/storage';
import { choosePlace, type PlaceOptions } from '../engine/pipeline/place';
import type { Ports } from '../engine/pipeline/ports';
import { askPage } from './askPage';
import { openDoor } from './door';
import { createLocks, type Locks } from './locks';
import { createModelLibrary, type ModelLibrary } from './models';
import { openStorage } from './opfs';
import { createStoredModels, type StoredModels } from './storedModels';
import { createTableLibrary, type TableLibrary } from './tables';
import { WASM } from './wasmFiles';

export interface EngineState {
  storage: Storage;
  locks: Locks;
  tables: TableLibrary;
  models: ModelLibrary;
  stored: StoredModels;
  openDoor: typeof openDoor;
  /** Starts the back end once per choice; another choice switches. @throws run-under-way while another is held */
  backend(choice: BackendChoice): Promise<BackendInfo>;
  /** Whatever runs now, started if nothing does: enough to read a stored model. */
  anyBackend(): Promise<BackendInfo>;
  /** A run keeps its back end until it ends: nothing may switch it underneath. */
  holdBackend(choice: BackendChoice | null): void;
  /**
   * For this run, with its place in force: where it may be anywhere, both are timed unless that is known. Without
   * options everything stays where it is.
   */
  ports(config: RunConfig, options: PlaceOptions | null): Promise<Ports>;
}

let state: Promise<EngineState> | null = null;

export function engineState(): Promise<EngineState> {
  state ??= createState();
  return state;
}

async function createState(): Promise<EngineState> {
  const { storage, bigFiles } = await openStorage();
  const locks = createLocks(navigator.locks ?? null);
  const tables = createTableLibrary(storage, locks);
  const stored = createStoredModels(storage, bigFiles, locks);
  const models = createModelLibrary(self.location.origin, stored);
  let started: { choice: BackendChoice; info: Promise<BackendInfo> } | null = null;

  let held: BackendChoice | null = null;

  /** What 'auto' takes where nothing is timed. */
  let untimed: BackendInfo | null = null;

  const put = (choice: BackendChoice, options: Pick<StartOptions, 'choice' | 'reason'>) => {
    const before = started;
    const start = () => startBackend({ ...options, wasm: WASM, storage, onDeviceLost });
    // One after the other: two starts at once would leave it open which one is in force.
    const mine = { choice, info: before ? before.info.then(start, start) : start() };
    started = mine;
    mine.info.catch(() => {
      if (started === mine) started = null;
    });
    return mine.info;
  };

  const backend = async (choice: BackendChoice): Promise<BackendInfo> => {
    if (started?.choice === choice) return started.info;
    if (held !== null && held !== choice) {
      throw new EngineError({
        code: 'run-under-way',
        message: 'Where the model runs cannot change while a run is under way.',
        hint: 'Wait for the run to end, or stop it on the Train page.',
      });
    }
    const info = put(choice, { choice });
    if (choice === 'auto') untimed = await info;
    return info;
  };

  const placeFor = async (
    config: RunConfig,
    ports: Omit<Ports, 'backend'>,
    options: PlaceOptions | null,
  ): Promise<BackendInfo> => {
    const info = await backend(config.backend);
    if (config.backend !== 'auto' || options === null) return info;
    const start = (choice: BackendInfo['id'], reason: string) => put('auto', { choice, reason });
    return choosePlace(config, { auto: untimed ?? info, start }, ports, options);
  };

  return {
    storage,
    locks,
    tables,
    models,
    stored,
    openDoor,
    backend,
    anyBackend: () => started?.info ?? backend('auto'),
    holdBackend: (choice) => {
      held = choice;
    },
    async ports(config, options) {
      const ports = {
        storage,
        loadModel: models.load,
        readTable: tables.read,
        openDoor,
        askPage,
        now: () => performance.now(),
      };
      return { ...ports, backend: await placeFor(config, ports, options) };
    },
  };
}

/** Nothing on a lost device can be saved: the worker ends itself and the page starts a fresh one. */
function onDeviceLost(reason: string): void {
  setTimeout(() => {
    throw new Error(`the graphics card was reset by the system (${reason})`);
  });
}
