/** What has been answered and used so far, and what the table and its reader are told of it. */
import { EngineError } from '../../core/errors';
import { tokenCost } from '../../core/outside';
import { numberOf } from '../../tuning/spec';
import type { ArmInput, ArmOutcome } from '../arm';
import { labelOf } from './answer';
import { type Chat, type ChatReply, NoReply } from './chat';
import type { Prompt } from './prompt';

/** So many rows in a row without a reply, and the server is taken to be down. */
const GIVE_UP_AFTER = 5;

export interface Tally {
  /** Class index by test row asked; -1 = no usable answer. */
  predicted: Map<number, number>;
  promptTokens: number;
  completionTokens: number;
  /** Readable replies whose tokens the server did not count. */
  estimated: number;
  times: number[];
  /** Answers that name no label. */
  unclear: number;
  /** Replies that are not what the API promises. */
  broken: number;
  /** Rows without a reply after every try. */
  silent: number;
  silentInARow: number;
  outOfTokens: boolean;
}

export type Settled = { row: number; reply: ChatReply } | { row: number; error: unknown };

export function newTally(): Tally {
  return {
    ...{ predicted: new Map(), times: [], promptTokens: 0, completionTokens: 0, estimated: 0 },
    ...{ unclear: 0, broken: 0, silent: 0, silentInARow: 0, outOfTokens: false },
  };
}

/** @throws what ends the arm */
export function take(
  settled: Settled,
  tally: Tally,
  labels: readonly string[],
  prompt: Prompt,
  host: string,
): void {
  if ('error' in settled) {
    if (!(settled.error instanceof NoReply)) throw settled.error;
    tally.predicted.set(settled.row, -1);
    tally.silent += 1;
    tally.silentInARow += 1;
    if (tally.silentInARow < GIVE_UP_AFTER) return;
    throw new EngineError({
      code: 'endpoint-failing',
      message: `${GIVE_UP_AFTER} rows in a row got no answer from ${host}; the last: ${settled.error.message}.`,
      hint: 'See whether the server is well, then ask again; with fewer requests at once or a longer wait if it is slow.',
    });
  }
  const { reply, row } = settled;
  tally.silentInARow = 0;
  tally.times.push(reply.ms);
  tally.promptTokens += reply.promptTokens;
  tally.completionTokens += reply.completionTokens;
  // Of a broken reply no count could be expected.
  if (!reply.counted && reply.content !== null) tally.estimated += 1;
  const guess = reply.content === null ? -1 : labelOf(reply.content, labels, prompt.numbered);
  if (reply.content === null) tally.broken += 1;
  else if (guess < 0) tally.unclear += 1;
  tally.predicted.set(row, guess);
}

/** @throws budget-spent when not one row was within the budget */
export function outcomeOf(tally: Tally, input: ArmInput, chat: Chat, asked: number): ArmOutcome {
  const rows = [...tally.predicted.keys()].sort((a, b) => a - b);
  if (rows.length === 0) {
    throw new EngineError({
      code: 'budget-spent',
      message: `One row needs more than the ${count(numberOf(input.settings, 'tokenLimit'))} tokens allowed.`,
      hint: 'Raise “Most tokens used”, or show fewer examples.',
      details: { field: 'tokenLimit' },
    });
  }
  const all = rows.length === input.data.splits.test.examples.length;
  return {
    answers: { predicted: rows.map((row) => tally.predicted.get(row) as number) },
    ...(all ? {} : { rows }),
    trainableParameters: 0,
    bytes: 0,
    trainSeconds: 0,
    latencyMs: tally.times.length > 0 ? median(tally.times) : null,
    promptTokens: tally.promptTokens / Math.max(1, tally.times.length),
    run: null,
    notes: notesOf(tally, input, chat, asked, rows.length),
  };
}

function notesOf(tally: Tally, input: ArmInput, chat: Chat, asked: number, answered: number): string[] {
  const total = input.data.splits.test.examples.length;
  const notes = [`It used ${spent(tally, input)} for ${count(answered)} rows.`];
  if (tally.outOfTokens) {
    notes.push(
      `The token budget ended after ${count(answered)} of ${count(asked)} rows, in a drawn order: the score is of those.`,
    );
  } else if (answered < total) {
    notes.push(`${count(answered)} of ${count(total)} test rows were drawn and sent: the score is of those.`);
  }
  notes.push(
    ...wrongNote(tally.unclear, 'answer named no label', 'answers named no label'),
    ...wrongNote(tally.broken, 'reply could not be read', 'replies could not be read'),
    ...wrongNote(tally.silent, 'row got no reply after every try', 'rows got no reply after every try'),
  );
  if (tally.estimated > 0) {
    notes.push('The server did not count its tokens: they are estimated from the length of the words.');
  }
  for (const name of chat.refused) {
    if (name === 'max_tokens') continue;
    notes.push(`The server does not take “${name}”: its answers may differ from one time to the next.`);
  }
  return notes;
}

/** '3 answers named no label; they count as wrong.', or nothing. */
export function wrongNote(times: number, one: string, many: string): string[] {
  if (times === 0) return [];
  return [times === 1 ? `1 ${one}; it counts as wrong.` : `${count(times)} ${many}; they count as wrong.`];
}

/** '12,300 tokens, 0.0021' at the prices set; tokens alone without a price. */
export function spent({ promptTokens, completionTokens }: Tally, { settings }: ArmInput): string {
  const prices = {
    prompt: numberOf(settings, 'promptPrice'),
    completion: numberOf(settings, 'completionPrice'),
  };
  const tokens = `${count(promptTokens + completionTokens)} tokens`;
  if (prices.prompt === 0 && prices.completion === 0) return tokens;
  const cost = tokenCost({ prompt: promptTokens, completion: completionTokens }, prices);
  return `${tokens}, ${cost.toLocaleString('en', { maximumSignificantDigits: 3 })}`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
