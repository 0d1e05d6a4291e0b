/** The browser's built-in model, one row after another, its answers held to the labels (Prompt API). */
import { EngineError } from '../../core/errors';
import { roughTokens } from '../../core/outside';
import type { ModelAvailability } from '../../core/pageQuestions';
import { fillTemplate } from '../../core/promptTemplate';
import { random } from '../../core/random';
import { numberOf, textOf } from '../../tuning/spec';
import type { Arm, ArmInput } from '../arm';
import { type ChatReply, NoReply } from '../endpoint/chat';
import { drawShots } from '../endpoint/shots';
import { endEarly, keptSoFar, outcomeOf, rowNotes, startTally, take } from '../endpoint/tally';

export const browserModel: Arm = async function* (input) {
  const { config, data, ports, seed, settings, signal } = input;
  const labels = [...data.dataset.classes];
  const shots = drawShots(data, config, numberOf(settings, 'shots'), seed);
  const { descriptions } = config;
  const prompt = fillTemplate(textOf(settings, 'prompt'), { labels, descriptions, shots });
  requireModel(await ports.askPage('model.availability', null, signal));
  const { examples } = data.splits.test;
  const rows = random(seed, 'endpoint-rows')
    .shuffle(Array.from(examples.keys()))
    .slice(0, numberOf(settings, 'rowLimit'));
  const tally = startTally(input.kept);
  try {
    for (const row of rows.filter((each) => !tally.predicted.has(each))) {
      yield {
        ...{ type: 'work', detail: 'Asking the browser’s model' },
        ...{ done: tally.predicted.size, total: rows.length },
      };
      const reply = await replyTo(prompt.of(examples[row]?.text ?? ''), labels, input);
      const settled = reply ? { row, reply } : { row, error: new NoReply('it gave none') };
      take(settled, tally, labels, prompt, 'the browser’s model');
      yield { type: 'keep', kept: keptSoFar(tally) };
    }
  } catch (error) {
    endEarly(tally, error, signal);
  } finally {
    await ports.askPage('model.end', null);
  }
  return outcomeOf(tally, input, rows.length, [
    'The browser chooses and renews its model by itself: the figure holds for this browser today.',
    ...rowNotes(tally, input, rows.length),
  ]);
};

/** Null where the model could not answer this row. */
async function replyTo(
  words: string,
  labels: string[],
  { ports, signal }: ArmInput,
): Promise<ChatReply | null> {
  const start = ports.now();
  const { content, tokens } = await ports.askPage('model.prompt', { words, labels }, signal);
  if (content === null) return null;
  const ms = ports.now() - start;
  return { content, promptTokens: tokens ?? roughTokens(words), completionTokens: 0, counted: true, ms };
}

/** A model that must be downloaded first is tried: the page's click may allow it. @throws no-browser-model */
function requireModel(availability: ModelAvailability): void {
  if (availability !== 'absent' && availability !== 'unavailable') return;
  throw new EngineError({
    code: 'no-browser-model',
    message:
      availability === 'absent'
        ? 'This browser has no built-in language model that pages may ask (the Prompt API).'
        : 'This browser’s language model does not run on this machine.',
    hint: 'Chrome on a desktop computer with 22 GB of free disk has one. The study goes on without it.',
  });
}
