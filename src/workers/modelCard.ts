/** What the YAML head of a Hugging Face model card says of licence and languages. */
import type { ModelRecord } from './modelRecord';

export type CardFacts = Pick<ModelRecord, 'licence' | 'languages'>;

/** As far as it is written in the usual ways: `license: mit`, `language: [en, de]`, or a list below. */
export function cardFacts(readme: string): CardFacts {
  const head = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---/.exec(readme)?.[1] ?? '';
  const valuesOf = (key: string): string[] => {
    const found = new RegExp(`^${key}:[ \\t]*(.*)((?:\\r?\\n[ \\t]*- .*)*)`, 'm').exec(head);
    const inline = (found?.[1] ?? '').trim().replace(/^\[|\]$/g, '');
    const below = (found?.[2] ?? '').split('\n').map((line) => line.replace(/^\s*-\s*/, ''));
    return [...inline.split(','), ...below]
      .map((each) => each.trim().replace(/^["']|["']$/g, ''))
      .filter(Boolean);
  };
  return { licence: valuesOf('license')[0] ?? null, languages: valuesOf('language') };
}
