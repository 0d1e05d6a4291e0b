/** The prompt of a row: a template filled with labels, examples and the text, in one pass over the template alone. */
import { EngineError } from './errors';

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
