/** When two texts, or two labels, count as the same. */

// Most texts need neither step, and files have hundreds of thousands of them.
// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
const ASCII = /^[\x00-\x7f]*$/;
const LOOSE_SPACE = /[^\S ]| {2}/;

/** Key of a text: NFKC, lower case, white space collapsed (trust.md 1.1, deepchecks data_duplicates.py). */
export function textKey(text: string): string {
  const folded = (ASCII.test(text) ? text : text.normalize('NFKC')).toLowerCase();
  return (LOOSE_SPACE.test(folded) ? folded.replace(/\s+/g, ' ') : folded).trim();
}

/** Key of a label: also without spaces, underscores and hyphens, so that 'Card arrival' meets 'card_arrival'. */
export function labelKey(label: string): string {
  return label
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-\u2010-\u2015]+/g, '');
}
