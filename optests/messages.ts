/** What the program that runs tfjs-core's op tests and the command that starts it tell each other. */

export const PLACES = ['wasm', 'webgpu'] as const;
export type Place = (typeof PLACES)[number];

export const ENGINES = ['stock', 'hone'] as const;
export type EngineName = (typeof ENGINES)[number];

/** Which specs to run, sent once. */
export interface Order {
  /** Names already known, by an earlier program that did not reach its end. */
  known: readonly string[];
  /** Only suites whose first word is one of these, in capitals or not; null for all. */
  suites: readonly string[] | null;
  /** Only these specs; null for all. */
  names: readonly string[] | null;
}

export type Told =
  | { kind: 'ready' }
  | { kind: 'started'; name: string }
  | { kind: 'ended'; name: string; passed: boolean; why: string }
  | { kind: 'finished' };
