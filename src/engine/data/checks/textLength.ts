import { percent, plural } from '../words';
import { type Check, finding } from './check';
import { rowCheck } from './rowCheck';

const HUGE_CHARACTERS = 20_000;
/** From this share on, cutting matters for the whole run rather than for a few rows. */
const MANY_CUT = 0.05;

const isShort = (text: string): boolean => text.trim().length < 3 || !/[\p{L}\p{N}]/u.test(text);

/** Texts of one or two characters, or without any letter or digit. */
export const shortText = rowCheck('short-text', 'Very short texts', ({ text }) => isShort(text), {
  say: ({ length }) => ({
    title: `${plural(length, 'text is', 'texts are')} almost empty`,
    why: 'One or two characters, or no letter at all, give the model nothing to learn from; often a placeholder such as “-” or “.”.',
  }),
  reason: 'the text is almost empty',
});

/** Texts beyond 20,000 characters: usually a whole document, or rows run together by a missing quote. */
export const hugeText = rowCheck(
  'huge-text',
  'Very long texts',
  ({ text }) => text.length > HUGE_CHARACTERS,
  {
    say: (found) => {
      const longest = found.reduce((most, { text }) => Math.max(most, text.length), 0);
      return {
        title: `${plural(found.length, 'text has', 'texts have')} more than ${HUGE_CHARACTERS.toLocaleString('en-US')} characters (longest ${longest.toLocaleString('en-US')})`,
        why: 'The model reads only the beginning. Check that no quote is missing in the file, which runs rows together, or split the text.',
      };
    },
    reason: `the text has more than ${HUGE_CHARACTERS.toLocaleString('en-US')} characters`,
  },
);

/** Texts over the model's length limit; their ends are cut (trust.md 1.2.3). Needs token counts. */
export const overLimit: Check = {
  code: 'over-limit',
  title: 'Texts over the length limit',
  blocks: false,
  find: ({ lengths }) => {
    if (lengths === null) return null;
    const indices: number[] = [];
    let lost = 0;
    let total = 0;
    lengths.tokens.forEach((tokens, k) => {
      total += tokens;
      if (tokens <= lengths.limit) return;
      lost += tokens - lengths.limit;
      indices.push(lengths.examples[k] ?? 0);
    });
    if (indices.length === 0) return null;
    const share = indices.length / lengths.tokens.length;
    return finding('over-limit', share >= MANY_CUT ? 'warning' : 'info', indices, {
      title: `${plural(indices.length, 'text')} of ${lengths.tokens.length.toLocaleString('en-US')} (${percent(share)}) ${indices.length === 1 ? 'is' : 'are'} longer than ${lengths.limit} tokens`,
      why: `The end of these texts is cut: ${percent(lost / total)} of all tokens are lost. Raise the maximum length if what matters stands late; time and memory grow with it.`,
    });
  },
  fixes: {},
};
