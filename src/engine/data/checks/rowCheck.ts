/** A check that looks at every example by itself, and offers to drop those it finds. */
import type { Example } from '../table';
import { plural } from '../words';
import { type Check, type CheckInput, finding, removeExamples } from './check';

interface RowCheckWords {
  /** Of the examples found, at least one. */
  say(found: readonly Example[]): { title: string; why: string };
  /** Why a row was dropped. */
  reason: string;
}

export function rowCheck(
  code: string,
  title: string,
  fits: (example: Example) => boolean,
  { say, reason }: RowCheckWords,
): Check {
  const where = ({ examples }: CheckInput): number[] =>
    examples.flatMap((example, i) => (fits(example) ? [i] : []));
  return {
    code,
    title,
    blocks: false,
    find: (input) => {
      const indices = where(input);
      if (indices.length === 0) return null;
      const found = indices.flatMap((i) => input.examples[i] ?? []);
      return finding(code, 'warning', indices, say(found), [
        { id: 'drop', label: 'Drop them', effect: `Removes ${plural(indices.length, 'row')}.` },
      ]);
    },
    fixes: {
      drop: (input) => {
        const reasons = new Map(where(input).map((i) => [i, reason]));
        return removeExamples(input, reasons, `Removed ${plural(reasons.size, 'row')}.`);
      },
    },
  };
}
