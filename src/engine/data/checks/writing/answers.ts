/** Completions that teach nothing, or the wrong thing. Here an example's text is the prompt and its label the completion. */
import { textKey } from '../../normalise';
import { plural } from '../../words';
import { type Check, type CheckInput, finding, removeExamples } from '../check';

type Test = (pair: { text: string; label: string }) => boolean;

const isPlaceholder: Test = ({ label }) => !/[\p{L}\p{N}\p{S}]/u.test(label);
const isEcho: Test = ({ text, label }) => textKey(text) === textKey(label);

/** A check that finds rows one by one and offers to drop them. */
function rowCheck(
  code: string,
  title: string,
  test: Test,
  words: { one: string; many: string; why: string; reason: string },
): Check {
  const where = ({ examples }: CheckInput): number[] => examples.flatMap((one, i) => (test(one) ? [i] : []));
  return {
    code,
    title,
    blocks: false,
    find: (input) => {
      const indices = where(input);
      if (indices.length === 0) return null;
      const said = { title: plural(indices.length, words.one, words.many), why: words.why };
      return finding(code, 'warning', indices, said, [
        { id: 'drop', label: 'Drop them', effect: `Removes ${plural(indices.length, 'row')}.` },
      ]);
    },
    fixes: {
      drop: (input) => {
        const reasons = new Map(where(input).map((i) => [i, words.reason]));
        return removeExamples(input, reasons, `Removed ${plural(reasons.size, 'row')}.`);
      },
    },
  };
}

/** Completions without a letter, a digit or a symbol: '-', '…'. Wholly empty ones are no examples at all. */
export const emptyAnswer = rowCheck('empty-completion', 'Empty completions', isPlaceholder, {
  one: 'completion says nothing',
  many: 'completions say nothing',
  why: 'A dash or a dot is often a placeholder; the model would learn to answer with it.',
  reason: 'the completion says nothing',
});

/** The completion repeats the prompt (case and spacing aside). */
export const echo = rowCheck('echo', 'Completion repeats the prompt', isEcho, {
  one: 'completion is the prompt itself',
  many: 'completions are the prompts themselves',
  why: 'The model would learn to repeat what it is asked. Often the same column was taken twice.',
  reason: 'the completion is the prompt itself',
});
