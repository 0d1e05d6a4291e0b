import { plural } from '../words';
import { type Check, type CheckInput, finding, removeExamples } from './check';

/** Later copies of a text with the same label, with the line of the first. */
function copies({ examples, byText }: CheckInput): Map<number, number> {
  const later = new Map<number, number>();
  for (const indices of byText.values()) {
    if (indices.length < 2) continue;
    const firstOf = new Map<string, number>();
    for (const i of indices) {
      const example = examples[i];
      if (example === undefined) continue;
      const first = firstOf.get(example.label);
      if (first === undefined) firstOf.set(example.label, example.line);
      else later.set(i, first);
    }
  }
  return later;
}

/** The same text (case and spacing aside) with the same label, more than once. */
export const duplicates: Check = {
  code: 'duplicates',
  title: 'Exact duplicates',
  blocks: false,
  find: (input) => {
    const later = copies(input);
    if (later.size === 0) return null;
    const words = {
      title: `${plural(later.size, 'row repeats', 'rows repeat')} an earlier one`,
      why: 'Copies weigh their text more than others. Hone keeps all copies of a text in the same split, so they cannot inflate the test score.',
    };
    const indices = [...later.keys()].sort((a, b) => a - b);
    return finding('duplicates', 'warning', indices, words, [
      { id: 'keep-first', label: 'Keep the first of each', effect: `Removes ${plural(later.size, 'row')}.` },
    ]);
  },
  fixes: {
    'keep-first': (input) => {
      const later = copies(input);
      const reasons = new Map([...later].map(([i, line]) => [i, `repeats line ${line}`]));
      return removeExamples(input, reasons, `Removed ${plural(later.size, 'row')}.`);
    },
  },
};
