/**
 * The contract of an arm. It gets the rows already split, tokenized and read by the untouched model, and gives an
 * answer to every test row with what that cost. Scores, comparisons, storage and order are the study's business.
 */
import type { RunEvent } from '../core/events';
import type { Settings } from '../core/fields';
import type { ArmChoice, StudyConfig } from '../core/study';
import type { Answers } from '../evaluation/scores';
import type { CachedRows } from '../pipeline/baseline';
import type { Ports, RunControl } from '../pipeline/ports';
import type { PreparedData } from '../pipeline/prepare';
import type { TunedModel } from '../tuning/tuned';

export interface ArmInput {
  choice: ArmChoice;
  /** The choice's settings with defaults in place. */
  settings: Settings;
  /** Training settings laid over a method's own; empty for arms that do not train. */
  training: Settings;
  config: StudyConfig;
  data: PreparedData;
  /** The same rows with the untouched model's sentence vectors. */
  pooled: CachedRows;
  /**
   * Seconds that the untouched model took for the vectors of the study's training and validation rows: read once for
   * all, they belong to the training time of each arm that learns from them.
   */
  readingSeconds: number;
  /** The untouched model with a fresh head. Borrowed. */
  probe: TunedModel;
  /** Tokens kept of each text. */
  maxLength: number;
  /** Of everything drawn at random in this arm. */
  seed: number;
  ports: Ports;
  control: RunControl;
  /** Aborted when the arm is skipped or the study cancelled. */
  signal: AbortSignal;
  /** The run that an arm that trains is stored as. */
  run: { id: string; name: string; resume: boolean };
  /** What the arm last gave to be kept, as it comes out of JSON; null for one that starts. */
  kept: unknown;
  /** A key typed by the user for this arm; never stored, never written anywhere. */
  secret: string | null;
}

/** Of the work under way; an arm that trains passes its run's events on. */
export type ArmEvent =
  | RunEvent
  | { type: 'work'; detail: string; done: number; total: number }
  /** What it goes on with should the tab close now, as JSON: answers that may have been paid for. */
  | { type: 'keep'; kept: unknown };

export interface ArmOutcome {
  /** One per test row (or per row of `rows`), in order. `predicted` -1 = no usable answer, which counts as wrong. */
  answers: Answers;
  /** Test indices that were asked, ascending, where a budget left some out: the others were not answered at all. */
  rows?: readonly number[];
  /** Of an arm that was cut short: rows still to ask, and what it needs to ask them alone, as JSON. */
  unfinished?: { left: number; kept: unknown };
  trainableParameters: number;
  /** What has to be stored beside the base model. */
  bytes: number;
  trainSeconds: number;
  /** Median milliseconds for one row on its own; null where nothing was timed. */
  latencyMs: number | null;
  /** Mean tokens read per row. */
  promptTokens: number;
  /** What 1,000 rows cost at the prices in the arm's own settings; absent where none are set. */
  costPerThousand?: number;
  /** The stored run's id, or null. */
  run: string | null;
  /** What the reader of the table must know about this figure, in plain words. */
  notes: readonly string[];
}

/** @throws EngineError: the study records it as this arm's failure and goes on with the next */
export type Arm = (input: ArmInput) => AsyncGenerator<ArmEvent, ArmOutcome>;
