import type { FindingAction } from '../table';
import { cut, plural } from '../words';
import { type Check, type CheckInput, finding, removeExamples } from './check';

/** Groups of rows with one text and several labels. */
function conflicting({ examples, byText }: CheckInput): (readonly number[])[] {
  return [...byText.values()].filter(
    (indices) => indices.length > 1 && new Set(indices.map((i) => examples[i]?.label)).size > 1,
  );
}

/** The label most rows of a group carry; null on a tie. */
function majority({ examples }: CheckInput, indices: readonly number[]): string | null {
  const counts = new Map<string, number>();
  for (const i of indices) {
    const label = examples[i]?.label ?? '';
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const [first, second] = [...counts].sort(([, a], [, b]) => b - a);
  return first === undefined || first[1] === second?.[1] ? null : first[0];
}

/** What `keep-majority` removes, with the reason per row. */
function minority(input: CheckInput): Map<number, string> {
  const reasons = new Map<number, string>();
  for (const indices of conflicting(input)) {
    const winner = majority(input, indices);
    for (const i of indices) {
      const label = input.examples[i]?.label ?? '';
      if (label === winner) continue;
      reasons.set(
        i,
        winner === null
          ? 'the same text carries different labels equally often'
          : `most rows with this text are labelled “${cut(winner, 60)}”`,
      );
    }
  }
  return reasons;
}

function actionsFor(input: CheckInput, groups: readonly (readonly number[])[]): FindingAction[] {
  const ties = groups.filter((indices) => majority(input, indices) === null).length;
  const tied =
    ties === 0 ? '' : `; ${plural(ties, 'text')} whose labels tie ${ties === 1 ? 'goes' : 'go'} altogether`;
  const rows = groups.reduce((sum, indices) => sum + indices.length, 0);
  return [
    {
      id: 'keep-majority',
      label: 'Keep the commoner label',
      effect: `Removes ${plural(minority(input).size, 'row')}${tied}.`,
    },
    { id: 'drop-all', label: 'Drop all of them', effect: `Removes ${plural(rows, 'row')}.` },
  ];
}

/** The same text under different labels: one of them must be wrong, or the classes overlap. */
export const conflicts: Check = {
  code: 'conflicts',
  title: 'Same text, different labels',
  blocks: false,
  find: (input) => {
    const groups = conflicting(input);
    const rows = groups.flat();
    if (groups.length === 0) return null;
    const words = {
      title: `${plural(groups.length, 'text carries', 'texts carry')} different labels (${plural(rows.length, 'row')})`,
      why: 'The model is told two answers to one question and can only be right about one. Usually a labelling slip, or two classes that overlap.',
    };
    return finding('conflicts', 'warning', rows, words, actionsFor(input, groups));
  },
  fixes: {
    'keep-majority': (input) => {
      const reasons = minority(input);
      return removeExamples(input, reasons, `Removed ${plural(reasons.size, 'row')}.`);
    },
    'drop-all': (input) => {
      const rows = conflicting(input).flat();
      const reasons = new Map(rows.map((i) => [i, 'the same text carries different labels']));
      return removeExamples(input, reasons, `Removed ${plural(rows.length, 'row')}.`);
    },
  },
};
