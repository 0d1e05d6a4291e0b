/** What has been answered and used so far, and what the table and its reader are told of it. */
import { z } from 'zod';
import { EngineError } from '../../core/errors';
import { tokenCost } from '../../core/outside';
import type { Prompt } from '../../core/promptTemplate';
import { numberOf } from '../../tuning/spec';
import type { ArmInput, ArmOutcome } from '../arm';
import { labelOf } from './answer';
import { type ChatReply, NoReply, OutOfTokens } from './chat';

/** So many rows in a row without a reply, and the server is taken to be down. */
const GIVE_UP_AFTER = 5;

export interface Tally {
  /** Class index by test row asked; -1 = no usable answer. */
  predicted: Map<number, number>;
  promptTokens: number;
  completionTokens: number;
  /** Tokens of tries without an answer, by estimate: a server may have counted them all the same. */
  lost: { prompt: number; completion: number };
  /** Tokens that the questions now open are expected to use. */
  openTokens: number;
  /** Readable replies whose tokens the server did not count. */
  estimated: number;
  times: number[];
  /** Answers that name no label. */
  unclear: number;
  /** Replies that are not what the API promises. */
  broken: number;
  /** Rows without a reply after every try. */
  silent: number;
  /** Those since the last reply. */
  silentRows: number[];
  outOfTokens: boolean;
  /** Why it ended before its rows did; null when it did not. */
  ended: string | null;
}

export type Settled = { row: number; reply: ChatReply } | { row: number; error: unknown };

const tokensSchema = z.object({ prompt: z.number(), completion: z.number() });

/** What is kept of a tally that was cut short. */
const keptSchema = z.object({
  predicted: z.array(z.tuple([z.number(), z.number()])).transform((pairs) => new Map(pairs)),
  ...{ promptTokens: z.number(), completionTokens: z.number(), lost: tokensSchema, estimated: z.number() },
  ...{ times: z.array(z.number()), unclear: z.number(), broken: z.number(), silent: z.number() },
});

/** An empty tally, or the one that was kept: what it used counts in the budget, and its rows are not asked again. */
export function startTally(kept: unknown): Tally {
  return { ...newTally(), ...keptSchema.safeParse(kept).data };
}

function keptOf({ predicted, ...tally }: Tally): z.input<typeof keptSchema> {
  const { promptTokens, completionTokens, lost, estimated, times, unclear, broken, silent } = tally;
  return {
    predicted: [...predicted],
    ...{ promptTokens, completionTokens, lost, estimated, times, unclear, broken, silent },
  };
}

/**
 * What is kept while questions are open, should the tab close before their replies: a server may have counted those,
 * and the rows of a silence are asked again.
 */
export function keptSoFar(tally: Tally): z.input<typeof keptSchema> {
  const kept = keptOf(tally);
  const silence = new Set(tally.silentRows);
  return {
    ...kept,
    predicted: kept.predicted.filter(([row]) => !silence.has(row)),
    silent: kept.silent - silence.size,
    lost: { ...kept.lost, prompt: kept.lost.prompt + tally.openTokens },
  };
}

function newTally(): Tally {
  return {
    ...{ predicted: new Map(), times: [], promptTokens: 0, completionTokens: 0, estimated: 0 },
    ...{ lost: { prompt: 0, completion: 0 }, openTokens: 0, unclear: 0, broken: 0 },
    ...{ silent: 0, silentRows: [], outOfTokens: false, ended: null },
  };
}

/** Whether `more` tokens can be used besides those that are used or expected already. */
export function isWithin(limit: number, tally: Tally, more: number): boolean {
  return usedTokens(tally) + tally.openTokens + more <= limit;
}

function usedTokens({ promptTokens, completionTokens, lost }: Tally): number {
  return promptTokens + completionTokens + lost.prompt + lost.completion;
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
    if (settled.error instanceof OutOfTokens) {
      tally.outOfTokens = true;
      return;
    }
    if (!(settled.error instanceof NoReply)) throw settled.error;
    tally.predicted.set(settled.row, -1);
    tally.silent += 1;
    tally.silentRows.push(settled.row);
    if (tally.silentRows.length < GIVE_UP_AFTER) return;
    throw new EngineError({
      code: 'endpoint-failing',
      message: `${GIVE_UP_AFTER} rows in a row got no answer from ${host}; the last: ${settled.error.message}.`,
      hint: 'See whether the server is well, then ask again; with fewer requests at once or a longer wait if it is slow.',
    });
  }
  const { reply, row } = settled;
  tally.silentRows = [];
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

/**
 * An arm that fails or is skipped keeps what was answered till then, which may have been paid for; the rows that it
 * fell silent at count as not asked. @throws `error` when nothing was answered, or when it is no fault of the model's
 */
export function endEarly(tally: Tally, error: unknown, signal: AbortSignal): void {
  const foreseen = signal.aborted || error instanceof EngineError;
  if (!foreseen || tally.times.length === 0) throw error;
  for (const row of tally.silentRows) tally.predicted.delete(row);
  tally.silent -= tally.silentRows.length;
  tally.silentRows = [];
  tally.ended = signal.aborted || !(error instanceof Error) ? 'It was cut short by hand.' : error.message;
}

/** `asked`: as many rows as were to be. */
export function outcomeOf(
  tally: Tally,
  { data }: ArmInput,
  asked: number,
  notes: readonly string[],
): ArmOutcome {
  const rows = [...tally.predicted.keys()].sort((a, b) => a - b);
  const left = asked - rows.length;
  const all = rows.length === data.splits.test.examples.length;
  return {
    answers: { predicted: rows.map((row) => tally.predicted.get(row) as number) },
    ...(all ? {} : { rows }),
    ...(tally.ended !== null && left > 0 ? { unfinished: { left, kept: keptOf(tally) } } : {}),
    trainableParameters: 0,
    bytes: 0,
    trainSeconds: 0,
    latencyMs: tally.times.length > 0 ? median(tally.times) : null,
    promptTokens: tally.promptTokens / Math.max(1, tally.times.length),
    run: null,
    notes,
  };
}

/** What the reader must know of the rows behind the score. `asked`: as many as were to be. */
export function rowNotes(tally: Tally, { data }: ArmInput, asked: number): string[] {
  const total = data.splits.test.examples.length;
  const answered = tally.predicted.size;
  const ofThose = `after ${count(answered)} of ${count(asked)} rows, in a drawn order: the score is of those.`;
  const notes: string[] = [];
  if (tally.ended !== null) notes.push(`It ended ${ofThose} ${tally.ended}`);
  else if (tally.outOfTokens) notes.push(`The token budget ended ${ofThose}`);
  else if (answered < total) {
    notes.push(`${count(answered)} of ${count(total)} test rows were drawn and sent: the score is of those.`);
  }
  return [
    ...notes,
    ...wrongNote(tally.unclear, 'answer named no label', 'answers named no label'),
    ...wrongNote(tally.broken, 'reply could not be read', 'replies could not be read'),
    ...wrongNote(tally.silent, 'row got no reply after every try', 'rows got no reply after every try'),
  ];
}

/** '3 answers named no label; they count as wrong.', or nothing. */
function wrongNote(times: number, one: string, many: string): string[] {
  if (times === 0) return [];
  return [times === 1 ? `1 ${one}; it counts as wrong.` : `${count(times)} ${many}; they count as wrong.`];
}

/** What it used, and what of that is not known exactly. */
export function tokenNotes(tally: Tally, input: ArmInput): string[] {
  const notes = [`It used ${spent(tally, input)} for ${count(tally.predicted.size)} rows.`];
  const lost = tally.lost.prompt + tally.lost.completion;
  if (lost > 0)
    notes.push(`About ${count(lost)} of these tokens went into tries without an answer, by estimate.`);
  if (tally.estimated > 0) {
    notes.push('The server did not count its tokens: they are estimated from the length of the words.');
  }
  return notes;
}

/** '12,300 tokens, 0.0021' at the prices set; tokens alone without a price. */
export function spent(tally: Tally, { settings }: ArmInput): string {
  const tokens = `${count(usedTokens(tally))} tokens`;
  const prices = pricesOf(settings);
  if (!prices) return tokens;
  const { promptTokens, completionTokens, lost } = tally;
  const used = { prompt: promptTokens + lost.prompt, completion: completionTokens + lost.completion };
  return `${tokens}, ${tokenCost(used, prices).toLocaleString('en', { maximumSignificantDigits: 3 })}`;
}

/** What 1,000 rows like those answered cost at the arm's own prices; nothing where none are set. */
export function ownCost(tally: Tally, { settings }: ArmInput): Pick<ArmOutcome, 'costPerThousand'> {
  const prices = pricesOf(settings);
  const replies = tally.times.length;
  if (!prices || replies === 0) return {};
  const { promptTokens: prompt, completionTokens: completion } = tally;
  return { costPerThousand: (1000 / replies) * tokenCost({ prompt, completion }, prices) };
}

/** Of a million tokens; null where none are set. */
function pricesOf(settings: ArmInput['settings']): { prompt: number; completion: number } | null {
  const [prompt, completion] = [numberOf(settings, 'promptPrice'), numberOf(settings, 'completionPrice')];
  return prompt === 0 && completion === 0 ? null : { prompt, completion };
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
