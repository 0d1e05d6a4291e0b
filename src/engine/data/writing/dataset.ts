/** Tables and the user's choices to conversations in three splits: the counterpart of data/dataset.ts. */
import type { DataConfig } from '../../core/config';
import { EngineError, type ErrorData } from '../../core/errors';
import type { WritingShape } from '../../core/writing';
import { checkInput } from '../checks/check';
import { blockingFinding } from '../checks/registry';
import { WRITING_CHECKS } from '../checks/writing/registry';
import { countRows, emptySplit, rejectedInTest } from '../dataset';
import { type AppliedFix, applyFixes } from '../fixes';
import { textKey } from '../normalise';
import { sampleExamples, splitExamples } from '../split';
import type { Example, RejectedRow, Splits, Table } from '../table';
import { type Conversation, toPairs } from './conversation';
import { type ChatProblem, toConversations } from './conversations';

export type WritingDataConfig = Pick<DataConfig, 'fixes' | 'split' | 'limit'> & { shape: WritingShape };

/** rows = kept + rejected.length + leftOut, and kept = the sum of the splits, always. */
export interface WritingDataset {
  /** Main file first, then the official test rows. */
  conversations: readonly Conversation[];
  /** Of each conversation, index by index: the prompt as text, the completion as label. */
  pairs: readonly Example[];
  /** Indices into `conversations`. No prompt stands in two splits of one file. */
  splits: Splits;
  rejected: readonly RejectedRow[];
  /** The named errors of a chat file. */
  problems: readonly ChatProblem[];
  notes: readonly string[];
  applied: readonly AppliedFix[];
  rows: number;
  kept: number;
  /** Usable rows not drawn into the sample that `config.limit` asks for. */
  leftOut: number;
  /** Why this cannot be trained on, or null. */
  blocked: ErrorData | null;
}

/** A prompt of a split, asked once, with every completion that stands for it there. */
export interface Question {
  /** The first conversation with this prompt. */
  conversation: Conversation;
  references: readonly string[];
}

/** Pairs without labels: rows are split and drawn by prompt alone. */
const unlabelled = (pairs: readonly Example[]): Example[] => pairs.map((pair) => ({ ...pair, label: '' }));

/** Groups by prompt decide; `places` finds a pair again by its row. */
function splitPairs(
  pairs: readonly Example[],
  config: WritingDataConfig,
  officialTest: readonly Example[] | null,
): { splits: Splits; drawn: readonly Example[] } {
  const all = unlabelled(pairs);
  const drawn = config.limit === undefined ? all : sampleExamples(all, config.limit, config.split.seed);
  const test = officialTest === null ? null : unlabelled(officialTest);
  const { splits, examples } = splitExamples(drawn, config.split, test);
  const labels = new Map(pairs.map(({ row, label }) => [row, label]));
  const testLabels = new Map((officialTest ?? []).map(({ row, label }) => [row, label]));
  const told = examples.map((one) => ({
    ...one,
    label: (one.fromTestFile ? testLabels : labels).get(one.row) ?? '',
  }));
  return { splits, drawn: told };
}

function blockedBy(pairs: readonly Example[], splits: Splits): ErrorData | null {
  const found = blockingFinding(checkInput(pairs, null, null), WRITING_CHECKS);
  if (found !== null) return { code: found.code, message: `${found.title}.`, hint: found.why };
  const hint = 'Add rows with different prompts, or raise the shares for validation and test.';
  return emptySplit(splits, 'ask the same', hint);
}

/**
 * Everything about the data of a writing run short of refusing it. Throws only for a shape that names no column of
 * the file (`unknown-column`, `bad-setting`) and for unknown fixes (`unknown-fix`).
 */
export function surveyWriting(
  table: Table,
  testTable: Table | null,
  config: WritingDataConfig,
): WritingDataset {
  const main = toConversations(table, config.shape);
  const test = testTable === null ? null : toConversations(testTable, config.shape);
  const pairs = toPairs(main.conversations, table.lines);
  const testPairs = test === null || testTable === null ? null : toPairs(test.conversations, testTable.lines);
  const fixed = applyFixes(pairs, config.fixes, testPairs, WRITING_CHECKS);
  const { splits, drawn } = splitPairs(fixed.examples, config, fixed.testExamples);
  const byRow = new Map(main.conversations.map((one) => [one.row, one]));
  const testByRow = new Map((test?.conversations ?? []).map((one) => [one.row, one]));
  const rejected = [
    ...[...main.rejected, ...fixed.removed].sort((a, b) => a.line - b.line),
    ...rejectedInTest(test?.rejected ?? []),
  ];
  return {
    conversations: drawn.flatMap((one) => (one.fromTestFile ? testByRow : byRow).get(one.row) ?? []),
    pairs: drawn,
    splits,
    rejected,
    problems: [...main.problems, ...(test?.problems ?? [])],
    notes: [...main.notes, ...(test?.notes ?? [])],
    applied: fixed.applied,
    rows: countRows(table) + (testTable === null ? 0 : countRows(testTable)),
    kept: drawn.length,
    leftOut: fixed.examples.length + (fixed.testExamples?.length ?? 0) - drawn.length,
    blocked: blockedBy(
      drawn.filter((one) => !one.fromTestFile),
      splits,
    ),
  };
}

/** What a run trains, validates and tests on. @throws few-rows, empty-split; and what surveyWriting throws */
export function prepareWriting(
  table: Table,
  testTable: Table | null,
  config: WritingDataConfig,
): WritingDataset {
  const dataset = surveyWriting(table, testTable, config);
  if (dataset.blocked === null) return dataset;
  throw new EngineError({ ...dataset.blocked, details: { rows: dataset.rows, kept: dataset.kept } });
}

/** A split's prompts, each once, in the order of their first rows. */
export function questionsOf(
  { conversations, pairs }: WritingDataset,
  indices: readonly number[],
): Question[] {
  const questions = new Map<string, { conversation: Conversation; references: string[] }>();
  for (const i of indices) {
    const [pair, conversation] = [pairs[i], conversations[i]];
    if (pair === undefined || conversation === undefined) continue;
    const key = textKey(pair.text);
    const known = questions.get(key);
    if (known === undefined) questions.set(key, { conversation, references: [pair.label] });
    else known.references.push(pair.label);
  }
  return [...questions.values()];
}
