/** Roughly how many tokens one question will use, before any is asked. Pure. */
import { endpointSpec } from '../../engine/arms/endpoint/spec';
import type { Settings } from '../../engine/core/fields';
import { roughTokens } from '../../engine/core/outside';
import { fillTemplate } from '../../engine/core/promptTemplate';
import type { StudyConfig } from '../../engine/core/study';
import type { DataReport } from '../../workers/protocol';
import { invalidKeys } from '../fields/fieldError';

interface Rows {
  labels: readonly string[];
  /** Of an average text; null while unknown. */
  textTokens: number | null;
}

/**
 * One prompt filled with texts of average length, and an answer as long as is allowed; null while the texts are
 * unknown or a setting is half-typed.
 */
export function questionTokens(
  settings: Settings,
  { descriptions, examples }: Pick<StudyConfig, 'descriptions' | 'examples'>,
  { labels, textTokens }: Rows,
): { prompt: number; completion: number } | null {
  const template = String(settings.prompt);
  const { shots, answerTokens } = settings;
  if (textTokens === null || !template.includes('{{text}}')) return null;
  if (typeof shots !== 'number' || typeof answerTokens !== 'number') return null;
  if (invalidKeys(endpointSpec.fields, settings).length > 0) return null;
  const text = 'text'.repeat(Math.round(textTokens));
  const shown = labels.flatMap((label) => {
    const written = examples[label]?.filter((each) => each.trim()) ?? [];
    const texts = written.length > 0 ? written : new Array<string>(shots).fill(text);
    return shots === 0 ? [] : texts.map((each) => ({ text: each, label }));
  });
  const prompt = fillTemplate(template, { labels, descriptions, shots: shown });
  return { prompt: roughTokens(prompt.of(text)), completion: answerTokens };
}

/** Mean tokens of these texts, roughly; null without any. */
export function meanTextTokens(rows: readonly { text: string }[]): number | null {
  const tokens = rows.reduce((sum, { text }) => sum + roughTokens(text), 0);
  return rows.length === 0 ? null : tokens / rows.length;
}

/** Mean tokens of a text, from how often each length occurs; null without any. */
export function meanTokens({ histogram }: DataReport['lengths']): number | null {
  const texts = histogram.reduce((sum, { count }) => sum + count, 0);
  const tokens = histogram.reduce((sum, { from, to, count }) => sum + (count * (from + to)) / 2, 0);
  return texts === 0 ? null : tokens / texts;
}
