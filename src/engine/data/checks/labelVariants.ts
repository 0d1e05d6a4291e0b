import { labelKey } from '../normalise';
import type { Example } from '../table';
import { listSome, plural } from '../words';
import { type Check, type CheckInput, finding } from './check';

/** Spelling → the commonest spelling of the same label (the first seen on a tie). */
function merges({ byLabel }: CheckInput): Map<string, string> {
  const spellings = new Map<string, string[]>();
  for (const label of byLabel.keys()) {
    const key = labelKey(label) || label;
    spellings.set(key, [...(spellings.get(key) ?? []), label]);
  }
  const merged = new Map<string, string>();
  for (const labels of spellings.values()) {
    const rows = (label: string): number => byLabel.get(label)?.length ?? 0;
    const kept = labels.reduce((best, label) => (rows(label) > rows(best) ? label : best));
    for (const label of labels) if (label !== kept) merged.set(label, kept);
  }
  return merged;
}

/** Test rows are compared with training spellings too, so that 'Billing' in the test file still counts. */
function relabel(examples: readonly Example[], spelling: (label: string) => string): readonly Example[] {
  return examples.map((example) => {
    const label = spelling(example.label);
    return label === example.label ? example : { ...example, label };
  });
}

/** One class spelled in several ways: 'Billing', 'billing', 'bil-ling'. */
export const labelVariants: Check = {
  code: 'label-variants',
  title: 'Label spellings',
  blocks: false,
  find: (input) => {
    const merged = merges(input);
    if (merged.size === 0) return null;
    const pairs = [...merged].map(([label, kept]) => `“${label}” and “${kept}”`);
    const indices = [...merged.keys()].flatMap((label) => [...(input.byLabel.get(label) ?? [])]);
    const words = {
      title: `Labels that differ only in spelling: ${listSome(pairs, 2)}`,
      why: 'Case, spaces, hyphens and underscores make separate classes of what is probably one. The model would have to tell them apart.',
    };
    const left = input.byLabel.size - merged.size;
    return finding('label-variants', 'warning', indices, words, [
      {
        id: 'merge',
        label: 'Merge into the commonest spelling',
        effect: `Relabels ${plural(indices.length, 'row')}; ${plural(left, 'class remains', 'classes remain')}.`,
      },
    ]);
  },
  fixes: {
    merge: (input) => {
      const merged = merges(input);
      const byKey = new Map([...input.byLabel.keys()].map((label) => [labelKey(label) || label, label]));
      const spelling = (label: string): string => {
        const known = input.byLabel.has(label) ? label : (byKey.get(labelKey(label) || label) ?? label);
        return merged.get(known) ?? known;
      };
      const changed = input.examples.filter((example) => merged.has(example.label)).length;
      return {
        examples: relabel(input.examples, spelling),
        testExamples: input.testExamples === null ? null : relabel(input.testExamples, spelling),
        removed: [],
        effect: `Relabelled ${plural(changed, 'row')}.`,
      };
    },
  },
};
