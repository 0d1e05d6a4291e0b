import { percent, plural } from '../../words';
import { type Check, finding } from '../check';

/** Completions that the model's window cannot hold even by themselves. Needs the completions' token counts. */
export const longAnswers: Check = {
  code: 'long-completion',
  title: 'Completions beyond the window',
  blocks: false,
  find: ({ lengths }) => {
    if (lengths === null) return null;
    const { tokens, examples, limit } = lengths;
    const indices = tokens.flatMap((count, k) => (count > limit ? [examples[k] ?? 0] : []));
    if (indices.length === 0) return null;
    const longest = tokens.reduce((most, count) => Math.max(most, count), 0);
    const share = percent(indices.length / tokens.length);
    return finding('long-completion', 'warning', indices, {
      title: `${plural(indices.length, 'completion')} of ${tokens.length.toLocaleString('en-US')} (${share}) ${indices.length === 1 ? 'is' : 'are'} longer than ${limit.toLocaleString('en-US')} tokens`,
      why: `The model never sees how they end (the longest has ${longest.toLocaleString('en-US')} tokens), so it learns to go on without an end. Shorten them, or raise the maximum length as far as the model goes.`,
    });
  },
  fixes: {},
};
