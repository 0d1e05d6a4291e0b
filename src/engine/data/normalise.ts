/** When two texts, or two labels, count as the same. */

/** Key of a text: NFKC, lower case, white space collapsed (trust.md 1.1, deepchecks data_duplicates.py). */
export function textKey(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

/** Key of a label: also without spaces, underscores and hyphens, so that 'Card arrival' meets 'card_arrival'. */
export function labelKey(label: string): string {
  return label
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-\u2010-\u2015]+/g, '');
}
