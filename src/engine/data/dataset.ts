/** Tables and a data config to what is trained on: the one place that counts rows, so that all numbers agree. */
import type { DataConfig } from '../core/config';
import { EngineError, type ErrorData } from '../core/errors';
import { checkInput } from './checks/check';
import { blockingFinding } from './checks/registry';
import { toExamples } from './examples';
import { type AppliedFix, applyFixes } from './fixes';
import { sampleExamples, splitExamples, thinSplits } from './split';
import { type Example, RAW_LIMIT, type RejectedRow, type Splits, type Table } from './table';
import { cut } from './words';

/** rows = kept + rejected.length + leftOut, and kept = the sum of the splits, always. */
export interface Dataset {
  /** Main file first, then the official test rows (marked `fromTestFile`). */
  examples: readonly Example[];
  /** The main file's part of `examples`: what the checks look at. */
  trainExamples: readonly Example[];
  /** The official test file's part; null without one. */
  testExamples: readonly Example[] | null;
  /** Indices into `examples`. */
  splits: Splits;
  /** Sorted labels of the training rows; index = logit. */
  classes: readonly string[];
  /** Rows of each class in all splits, in the order of `classes`. */
  classCounts: readonly number[];
  /** Reader, unusable, fixes and unseen test labels; rows of the test file say so in their reason. */
  rejected: readonly RejectedRow[];
  applied: readonly AppliedFix[];
  /** Records in the file (in both files together when there is an official test file). */
  rows: number;
  kept: number;
  /** Usable rows not drawn into the samples that `config.limit` and `config.perClass` ask for. */
  leftOut: number;
  /** Why this cannot be trained on, or null. */
  blocked: ErrorData | null;
}

/** Marked as the test file’s, for a list that holds those of both files. */
export function rejectedInTest(rows: readonly RejectedRow[]): RejectedRow[] {
  return rows.map((row) => ({ ...row, reason: `in the test file: ${row.reason}` }));
}

/** Test rows whose label no training row carries cannot be scored. */
function dropUnseen(
  testExamples: readonly Example[],
  labels: ReadonlySet<string>,
): { examples: readonly Example[]; rejected: RejectedRow[] } {
  const unseen = testExamples.filter((example) => !labels.has(example.label));
  const rejected = unseen.map((example) => ({
    line: example.line,
    code: 'unseen-label',
    reason: `its label “${cut(example.label, 60)}” does not occur in the training file`,
    raw: cut(example.text, RAW_LIMIT),
  }));
  return { examples: testExamples.filter((example) => labels.has(example.label)), rejected };
}

/** What stands in the way when a split has no rows, or null; `alike` = what rows share that stay together. */
export function emptySplit(splits: Splits, alike: string, hint: string): ErrorData | null {
  const empty = (['train', 'validation', 'test'] as const).filter((name) => splits[name].length === 0);
  if (empty.length === 0) return null;
  const names = empty.map((name) => (name === 'train' ? 'training' : name)).join(' and ');
  return {
    code: 'empty-split',
    message: `No rows are left for ${names}: too many rows ${alike}, or too few remain.`,
    hint,
  };
}

function blockedBy(
  examples: readonly Example[],
  testExamples: readonly Example[] | null,
  splits: Splits,
): ErrorData | null {
  const found = blockingFinding(checkInput(examples, testExamples, null));
  if (found === null) {
    const hint =
      testExamples === null
        ? 'Add rows with different texts, or raise the shares for validation and test.'
        : 'Add rows with different texts; for the test, check that its labels are spelled as in the training file.';
    return emptySplit(splits, 'share the same text', hint);
  }
  const [action] = found.actions;
  const hint = action === undefined ? found.why : `${found.why} “${action.label}”: ${action.effect}`;
  return { code: found.code, message: `${found.title}.`, hint };
}

/**
 * Everything about the data of a run short of refusing it: `blocked` says what prepareDataset would throw. Throws
 * only for roles that name no column (`unknown-column`, `same-column`) and for unknown fixes (`unknown-fix`).
 */
export function surveyDataset(table: Table, testTable: Table | null, config: DataConfig): Dataset {
  const main = toExamples(table, config.roles);
  const test = testTable === null ? null : toExamples(testTable, config.roles);
  const fixed = applyFixes(main.examples, config.fixes, test?.examples ?? null);
  const sampled =
    config.limit === undefined
      ? fixed.examples
      : sampleExamples(fixed.examples, config.limit, config.split.seed);
  const labels = new Set(sampled.map((example) => example.label));
  const seen = fixed.testExamples === null ? null : dropUnseen(fixed.testExamples, labels);
  const whole = splitExamples(sampled, config.split, seen?.examples ?? null);
  const { splits, examples } =
    config.perClass === undefined ? whole : thinSplits(whole, config.perClass, config.split);
  const ofMain = examples.filter((example) => !example.fromTestFile);
  const classes = [...labels].sort();
  const counts = new Map(classes.map((label) => [label, 0]));
  for (const { label } of examples) counts.set(label, (counts.get(label) ?? 0) + 1);
  const testRejected = [...(testTable?.rejected ?? []), ...(test?.rejected ?? []), ...(seen?.rejected ?? [])];
  const rejected = [
    ...[...table.rejected, ...main.rejected, ...fixed.removed].sort((a, b) => a.line - b.line),
    ...rejectedInTest(testRejected).sort((a, b) => a.line - b.line),
  ];
  return {
    examples,
    trainExamples: ofMain,
    testExamples: seen === null ? null : examples.filter((example) => example.fromTestFile),
    splits,
    classes,
    classCounts: classes.map((label) => counts.get(label) ?? 0),
    rejected,
    applied: fixed.applied,
    rows: countRows(table) + (testTable === null ? 0 : countRows(testTable)),
    kept: examples.length,
    leftOut: fixed.examples.length - sampled.length + whole.examples.length - examples.length,
    blocked: blockedBy(ofMain, seen?.examples ?? null, splits),
  };
}

/** Records in a file, whether they could be read or not. */
export function countRows(table: Table): number {
  return table.rows.length + table.rejected.length;
}

/**
 * What a run trains, validates and tests on. Throws the EngineError in `surveyDataset(...).blocked`: `few-rows`,
 * `one-class`, `too-many-classes`, `single-row-class`, `empty-split`; and what surveyDataset throws.
 */
export function prepareDataset(table: Table, testTable: Table | null, config: DataConfig): Dataset {
  const dataset = surveyDataset(table, testTable, config);
  if (dataset.blocked === null) return dataset;
  throw new EngineError({
    ...dataset.blocked,
    details: { rows: dataset.rows, kept: dataset.kept, classes: dataset.classes.length },
  });
}
