/** What a run needs from outside, and how it is steered while it runs. */
import type { ImportOptions } from '../core/config';
import type { BackendInfo } from '../core/events';
import type { AskPage } from '../core/pageQuestions';
import type { Storage } from '../core/storage';
import type { Table } from '../data/table';
import type { LoadedModel } from '../model/load';

/** The way to one address beyond the page's own: what is sent there passes here and is counted. */
export interface Door {
  /** As the global one, with text for bodies; never with cookies, and not on to another address. */
  fetch(request: Request): Promise<Response>;
  close(): void;
}

export interface Ports {
  backend: BackendInfo;
  storage: Storage;
  /** The model stays the caller's: it is shared and never disposed here. */
  loadModel(id: string): Promise<LoadedModel>;
  /** The table read earlier from the file with this hash. @throws data-missing */
  readTable(file: { name: string; hash: string; options: ImportOptions }): Promise<Table>;
  /** Opened by an arm that the user let send rows to this origin; nothing else may call it. */
  openDoor(origin: string): Door;
  /** For what browsers show to pages alone. */
  askPage: AskPage;
  /** Milliseconds, monotonic. */
  now(): number;
}

/** Steering that a generator cannot give by itself: finishing early still tests, pausing saves first. */
export interface RunControl {
  /** End training after this step, keep the best weights, go on to testing. */
  stopRequested: boolean;
  /** Resolves when the run may go on; null when it is not paused. */
  paused: Promise<void> | null;
}

export interface RunRequest {
  id: string;
  name: string;
  /** Go on from the last checkpoint, if there is one. */
  resume: boolean;
  /** What was guessed because nobody said, by config path. */
  guessed: Readonly<Record<string, string>>;
}
