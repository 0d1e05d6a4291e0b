/** The data stage's own types: bytes → Table → Examples → Splits, with every rejected row accounted for. */
import type { ImportOptions } from '../core/config';

/** Longest raw text kept of a rejected row, in characters. */
export const RAW_LIMIT = 2000;

export interface RejectedRow {
  /** 1-based line in the file where the record starts. */
  line: number;
  code: string;
  /** Plain words: 'has 5 fields, the header has 4'. */
  reason: string;
  /** The raw text, cut to RAW_LIMIT. */
  raw: string;
}

/** Rows in = rows.length + rejected.length, always. */
export interface Table {
  columns: readonly string[];
  /** Each row has exactly columns.length cells. */
  rows: readonly (readonly string[])[];
  /** 1-based line where each row starts in the file. */
  lines: readonly number[];
  rejected: readonly RejectedRow[];
  options: ImportOptions;
  /** What was found for each option and why, for display: 'semicolon: 361 of 361 lines agree'. */
  reasons: Readonly<Record<keyof ImportOptions, string>>;
  /** What the reader repaired or noticed, in plain words, with counts. */
  notes: readonly string[];
}

/** One usable row: the chosen text as it stands, and the label, trimmed. */
export interface Example {
  /** Index into Table.rows. */
  row: number;
  line: number;
  text: string;
  label: string;
  /** The row stands in the official test file; `row` and `line` count there. */
  fromTestFile?: true;
}

export type SplitName = 'train' | 'validation' | 'test';

/** Indices into the example list. */
export type Splits = Readonly<Record<SplitName, readonly number[]>>;

export interface FindingAction {
  id: string;
  /** On the button: 'Keep the first of each'. */
  label: string;
  /** What it will do, with numbers: 'Removes 6 rows.' */
  effect: string;
}

export interface Finding {
  code: string;
  severity: 'error' | 'warning' | 'info';
  /** 'The same text carries two labels (14 rows)' */
  title: string;
  /** Why it matters, one or two sentences. */
  why: string;
  /** Indices into the example list at the time of the check; at most 500, `count` is the full number. */
  examples: readonly number[];
  count: number;
  actions: readonly FindingAction[];
}
