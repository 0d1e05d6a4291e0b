/** Sizes of training sets as people type them. Pure. */

const MOST = 12;

/** '10, 30 100' → 10, 30, 100, in order and each once; null when it is not that. */
export function parseSizes(text: string): number[] | null {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  const sizes = [...new Set(parts.map(Number))].sort((a, b) => a - b);
  const usable = sizes.every((size) => Number.isInteger(size) && size >= 2);
  return usable && sizes.length >= 1 && sizes.length <= MOST ? sizes : null;
}
