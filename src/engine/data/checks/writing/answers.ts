/** Completions that teach nothing, or the wrong thing. Here an example's text is the prompt and its label the completion. */
import { textKey } from '../../normalise';
import type { Example } from '../../table';
import { plural } from '../../words';
import { rowCheck } from '../rowCheck';

const isPlaceholder = ({ label }: Example): boolean => !/[\p{L}\p{N}\p{S}]/u.test(label);
const isEcho = ({ text, label }: Example): boolean => textKey(text) === textKey(label);

/** Completions without a letter, a digit or a symbol: '-', '…'. Wholly empty ones are no examples at all. */
export const emptyAnswer = rowCheck('empty-completion', 'Empty completions', isPlaceholder, {
  say: ({ length }) => ({
    title: plural(length, 'completion says nothing', 'completions say nothing'),
    why: 'A dash or a dot is often a placeholder; the model would learn to answer with it.',
  }),
  reason: 'the completion says nothing',
});

/** The completion repeats the prompt (case and spacing aside). */
export const echo = rowCheck('echo', 'Completion repeats the prompt', isEcho, {
  say: ({ length }) => ({
    title: plural(length, 'completion is the prompt itself', 'completions are the prompts themselves'),
    why: 'The model would learn to repeat what it is asked. Often the same column was taken twice.',
  }),
  reason: 'the completion is the prompt itself',
});
