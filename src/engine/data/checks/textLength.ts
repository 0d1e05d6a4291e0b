import { percent, plural } from '../words';
import { type Check, type CheckInput, finding, removeExamples } from './check';

const HUGE_CHARACTERS = 20_000;
/** From this share on, cutting matters for the whole run rather than for a few rows. */
const MANY_CUT = 0.05;

function where(input: CheckInput, fits: (text: string) => boolean): number[] {
  return input.examples.flatMap((example, i) => (fits(example.text) ? [i] : []));
}

const isShort = (text: string): boolean => text.trim().length < 3 || !/[\p{L}\p{N}]/u.test(text);
const isHuge = (text: string): boolean => text.length > HUGE_CHARACTERS;

/** Texts of one or two characters, or without any letter or digit. */
export const shortText: Check = {
  code: 'short-text',
  title: 'Very short texts',
  blocks: false,
  find: (input) => {
    const indices = where(input, isShort);
    if (indices.length === 0) return null;
    const words = {
      title: `${plural(indices.length, 'text is', 'texts are')} almost empty`,
      why: 'One or two characters, or no letter at all, give the model nothing to learn from; often a placeholder such as “-” or “.”.',
    };
    return finding('short-text', 'warning', indices, words, [
      { id: 'drop', label: 'Drop them', effect: `Removes ${plural(indices.length, 'row')}.` },
    ]);
  },
  fixes: {
    drop: (input) => {
      const reasons = new Map(where(input, isShort).map((i) => [i, 'the text is almost empty']));
      return removeExamples(input, reasons, `Removed ${plural(reasons.size, 'row')}.`);
    },
  },
};

/** Texts beyond 20,000 characters: usually a whole document, or rows run together by a missing quote. */
export const hugeText: Check = {
  code: 'huge-text',
  title: 'Very long texts',
  blocks: false,
  find: (input) => {
    const indices = where(input, isHuge);
    if (indices.length === 0) return null;
    const longest = indices.reduce((most, i) => Math.max(most, input.examples[i]?.text.length ?? 0), 0);
    const words = {
      title: `${plural(indices.length, 'text has', 'texts have')} more than ${HUGE_CHARACTERS.toLocaleString('en-US')} characters (longest ${longest.toLocaleString('en-US')})`,
      why: 'The model reads only the beginning. Check that no quote is missing in the file, which runs rows together, or split the text.',
    };
    return finding('huge-text', 'warning', indices, words, [
      { id: 'drop', label: 'Drop them', effect: `Removes ${plural(indices.length, 'row')}.` },
    ]);
  },
  fixes: {
    drop: (input) => {
      const reason = `the text has more than ${HUGE_CHARACTERS.toLocaleString('en-US')} characters`;
      const reasons = new Map(where(input, isHuge).map((i) => [i, reason]));
      return removeExamples(input, reasons, `Removed ${plural(reasons.size, 'row')}.`);
    },
  },
};

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
