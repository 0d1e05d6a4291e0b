/** The browser's built-in model, one row after another, its answers held to the labels (Prompt API). */
import { EngineError } from '../../core/errors';
import { roughTokens } from '../../core/outside';
import type { ModelAvailability } from '../../core/pageQuestions';
import { random } from '../../core/random';
import { numberOf, textOf } from '../../tuning/spec';
import type { Arm } from '../arm';
import { labelOf } from '../endpoint/answer';
import { drawShots, fillTemplate } from '../endpoint/prompt';
import { median, wrongNote } from '../endpoint/tally';

export const browserModel: Arm = async function* ({ config, data, ports, seed, settings, signal }) {
  const labels = [...data.dataset.classes];
  const shots = drawShots(data, config, numberOf(settings, 'shots'), seed);
  const { descriptions } = config;
  const prompt = fillTemplate(textOf(settings, 'prompt'), { labels, descriptions, shots });
  requireModel(await ports.askPage('model.availability', null));
  const { examples } = data.splits.test;
  const rows = random(seed, 'endpoint-rows')
    .shuffle(Array.from(examples.keys()))
    .slice(0, numberOf(settings, 'rowLimit'))
    .sort((a, b) => a - b);
  const predicted: number[] = [];
  const times: number[] = [];
  let tokens = 0;
  for (const row of rows) {
    yield { type: 'work', detail: 'Asking the browser’s model', done: predicted.length, total: rows.length };
    signal.throwIfAborted();
    const words = prompt.of(examples[row]?.text ?? '');
    const start = ports.now();
    const reply = await ports.askPage('model.prompt', { words, labels });
    times.push(ports.now() - start);
    tokens += reply.tokens ?? roughTokens(words);
    predicted.push(labelOf(reply.content, labels, prompt.numbered));
  }
  const all = rows.length === examples.length;
  const unclear = predicted.filter((guess) => guess < 0).length;
  return {
    answers: { predicted },
    ...(all ? {} : { rows }),
    trainableParameters: 0,
    bytes: 0,
    trainSeconds: 0,
    latencyMs: median(times),
    promptTokens: tokens / Math.max(1, rows.length),
    run: null,
    notes: [
      'The browser chooses and renews its model by itself: the figure holds for this browser today.',
      ...(all ? [] : [`${rows.length} of ${examples.length} test rows were drawn: the score is of those.`]),
      ...wrongNote(unclear, 'answer named no label', 'answers named no label'),
    ],
  };
};

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
