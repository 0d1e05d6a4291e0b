/** Rows sent, one prompt each, to a model behind an address, within a budget of rows and tokens. */
import { EngineError } from '../../core/errors';
import { chatUrl, roughTokens } from '../../core/outside';
import { fillTemplate, type Prompt } from '../../core/promptTemplate';
import { random } from '../../core/random';
import { numberOf, textOf } from '../../tuning/spec';
import type { Arm, ArmInput } from '../arm';
import { type Chat, openChat } from './chat';
import { drawShots } from './shots';
import {
  count,
  endEarly,
  isWithin,
  keptSoFar,
  outcomeOf,
  ownCost,
  rowNotes,
  type Settled,
  spent,
  startTally,
  type Tally,
  take,
  tokenNotes,
} from './tally';

export const endpoint: Arm = async function* (input) {
  const { config, data, ports, seed, settings } = input;
  const { classes: labels } = data.dataset;
  const shots = drawShots(data, config, numberOf(settings, 'shots'), seed);
  const prompt = fillTemplate(textOf(settings, 'prompt'), {
    labels,
    descriptions: config.descriptions,
    shots,
  });
  const url = chatUrl(textOf(settings, 'address'));
  const model = textOf(settings, 'model').trim();
  const tokenLimit = numberOf(settings, 'tokenLimit');
  const ending = new AbortController();
  const door = ports.openDoor(url.origin);
  try {
    const tally = startTally(input.kept);
    const chat = openChat({
      ...{ url, model, seed, door },
      secret: input.secret,
      answerTokens: numberOf(settings, 'answerTokens'),
      timeoutMs: 1000 * numberOf(settings, 'timeout'),
      retries: numberOf(settings, 'retries'),
      signal: AbortSignal.any([input.signal, ending.signal]),
      now: ports.now,
      onUnanswered: ({ prompt: asked, completion }) => {
        tally.lost.prompt += asked;
        tally.lost.completion += completion;
      },
      mayRetry: () => isWithin(tokenLimit, tally, 0),
    });
    const rows = random(seed, 'endpoint-rows')
      .shuffle(Array.from(data.splits.test.examples.keys()))
      .slice(0, numberOf(settings, 'rowLimit'));
    const place = `Asking ${model} at ${url.host}`;
    try {
      yield { type: 'work', detail: place, done: tally.predicted.size, total: rows.length };
      for await (const settled of answers(input, chat, prompt, rows, tally)) {
        take(settled, tally, labels, prompt, url.host);
        yield { type: 'keep', kept: keptSoFar(tally) };
        yield {
          type: 'work',
          detail: `${place} · ${spent(tally, input)} so far`,
          done: tally.predicted.size,
          total: rows.length,
        };
      }
    } catch (error) {
      endEarly(tally, error, input.signal);
    }
    if (tally.predicted.size === 0) throw budgetSpent(tally, tokenLimit);
    return {
      ...outcomeOf(tally, input, rows.length, [
        ...tokenNotes(tally, input),
        ...rowNotes(tally, input, rows.length),
        ...refusedNotes(chat),
      ]),
      ...ownCost(tally, input),
    };
  } finally {
    ending.abort();
    door.close();
  }
};

/**
 * Replies as they come, with at most `atOnce` questions open. A new question is put only when the last reply has been
 * taken, so that a study that pauses stops asking.
 */
async function* answers(
  { data, settings }: ArmInput,
  chat: Chat,
  prompt: Prompt,
  rows: readonly number[],
  tally: Tally,
): AsyncGenerator<Settled> {
  const atOnce = numberOf(settings, 'atOnce');
  const limit = numberOf(settings, 'tokenLimit');
  const open = new Map<number, { answered: Promise<Settled>; tokens: number }>();
  const waiting = rows.filter((row) => !tally.predicted.has(row)).values();
  for (;;) {
    while (open.size < atOnce && !tally.outOfTokens) {
      const { done, value: row = -1 } = waiting.next();
      if (done) break;
      const words = prompt.of(data.splits.test.examples[row]?.text ?? '');
      const tokens = expectedTokens(words, tally, numberOf(settings, 'answerTokens'));
      if (!isWithin(limit, tally, tokens)) {
        tally.outOfTokens = true;
        break;
      }
      tally.openTokens += tokens;
      const answered = chat.ask(words).then(
        (reply) => ({ row, reply }),
        (error: unknown) => ({ row, error }),
      );
      open.set(row, { answered, tokens });
    }
    if (open.size === 0) return;
    const settled = await Promise.race(Array.from(open.values(), ({ answered }) => answered));
    tally.openTokens -= open.get(settled.row)?.tokens ?? 0;
    open.delete(settled.row);
    yield settled;
  }
}

/** What a question will use: as many tokens as the questions before it, or what its length tells. */
function expectedTokens(words: string, tally: Tally, answerTokens: number): number {
  const replies = tally.times.length;
  if (replies === 0) return roughTokens(words) + answerTokens;
  return (tally.promptTokens + tally.completionTokens) / replies;
}

function budgetSpent({ lost }: Tally, tokenLimit: number): EngineError {
  const allowed = `the ${count(tokenLimit)} tokens allowed`;
  return new EngineError({
    code: 'budget-spent',
    message:
      lost.prompt > 0 ? `Tries without an answer used up ${allowed}.` : `One row needs more than ${allowed}.`,
    hint: 'Raise “Most tokens used”, or show fewer examples.',
    details: { field: 'tokenLimit' },
  });
}

function refusedNotes({ refused }: Chat): string[] {
  return [...refused]
    .filter((name) => name !== 'max_tokens')
    .map((name) => `The server does not take “${name}”: its answers may differ from one time to the next.`);
}
