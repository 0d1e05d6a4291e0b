/** The prompt of a row: a template filled with labels, examples and the text, in one pass over the template alone. */
import { EngineError } from '../../core/errors';
import { random } from '../../core/random';
import type { StudyConfig } from '../../core/study';
import type { PreparedData } from '../../pipeline/prepare';

export interface Shot {
  text: string;
  label: string;
}

export interface PromptParts {
  labels: readonly string[];
  descriptions: Readonly<Record<string, string>>;
  shots: readonly Shot[];
}

export interface Prompt {
  /** Whether a number is an answer. */
  numbered: boolean;
  of(text: string): string;
}

const PLACEHOLDER = /\{\{(labels|numbered|examples|text)\}\}/;

/** What rows and labels say is never read as a template. @throws bad-setting without {{text}} */
export function fillTemplate(template: string, { labels, descriptions, shots }: PromptParts): Prompt {
  // Splitting on one group puts literal text at even places and placeholder names at odd ones.
  const pieces = template.split(PLACEHOLDER);
  const names = pieces.filter((_, i) => i % 2 === 1);
  if (!names.includes('text')) {
    throw new EngineError({
      code: 'bad-setting',
      message: 'The prompt has no place for the text.',
      hint: 'Write {{text}} where each row’s text belongs.',
      details: { field: 'prompt' },
    });
  }
  const described = labels.map((label) => {
    const words = descriptions[label]?.trim();
    return words ? `${label}: ${words}` : label;
  });
  const fixed: Readonly<Record<string, string>> = {
    labels: described.map((line) => `- ${line}`).join('\n'),
    numbered: described.map((line, i) => `${i + 1}. ${line}`).join('\n'),
    examples: shots.map(({ text, label }) => `Text: ${text}\nLabel: ${label}\n\n`).join(''),
  };
  return {
    numbered: names.includes('numbered'),
    of: (text) => pieces.map((piece, i) => (i % 2 === 0 ? piece : (fixed[piece] ?? text))).join(''),
  };
}

/**
 * Examples of every label: those that were written, else `count` training rows drawn by the seed. They come in a drawn
 * order, since models favour the label of the last ones (Zhao et al. 2021).
 */
export function drawShots(
  { dataset, splits }: PreparedData,
  { examples }: Pick<StudyConfig, 'examples'>,
  count: number,
  seed: number,
): Shot[] {
  if (count === 0) return [];
  const rng = random(seed, 'prompt-examples');
  const drawn = rng.shuffle(splits.train.examples);
  const shots = dataset.classes.flatMap((label) => {
    const written = examples[label]?.filter((text) => text.trim()) ?? [];
    const texts =
      written.length > 0 ? written : drawn.filter((row) => row.label === label).map(({ text }) => text);
    return texts.slice(0, written.length || count).map((text) => ({ text, label }));
  });
  return rng.shuffle(shots);
}
