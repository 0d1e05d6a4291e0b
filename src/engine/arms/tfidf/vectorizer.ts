/**
 * Texts as sparse vectors of words and word pairs: scikit-learn's `TfidfVectorizer(ngram_range=(1, 2),
 * sublinear_tf=True)` with its defaults (lower case, smooth idf, rows of length one).
 */

/** Compressed sparse rows: row i holds `features` and `values` from `starts[i]` up to `starts[i + 1]`. */
export interface SparseRows {
  starts: Int32Array;
  features: Int32Array;
  values: Float64Array;
}

export interface Vocabulary {
  /** Term → feature. */
  features: ReadonlyMap<string, number>;
  /** By feature: ln((1 + rows) / (1 + rows with the term)) + 1. */
  idf: Float64Array;
  /** Fewest rows a term had to be in (`min_df`). */
  leastRows: number;
}

/** Words of two characters or more: `(?u)\b\w\w+\b`, where Python's \w is a letter, a number or an underscore. */
const WORD = /[\p{L}\p{N}_]{2,}/gu;

/** Words and neighbouring pairs with how often each occurs. */
function countTerms(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (term: string): void => void counts.set(term, (counts.get(term) ?? 0) + 1);
  let previous: string | null = null;
  for (const [word] of text.toLowerCase().matchAll(WORD)) {
    add(word);
    if (previous !== null) add(`${previous} ${word}`);
    previous = word;
  }
  return counts;
}

const TEXTS_PER_SLICE = 2000;

/**
 * The terms of some texts, in the order of their first appearance. Beyond `limit` terms the rarest are left out,
 * all of equal rarity together. Yields how many texts are counted.
 */
export function* learnVocabulary(texts: readonly string[], limit: number): Generator<number, Vocabulary> {
  const rowsWith = new Map<string, number>();
  for (const [i, text] of texts.entries()) {
    for (const term of countTerms(text).keys()) rowsWith.set(term, (rowsWith.get(term) ?? 0) + 1);
    if (i % TEXTS_PER_SLICE === 0) yield i;
  }
  let leastRows = 1;
  let kept = [...rowsWith];
  while (kept.length > limit) {
    leastRows += 1;
    kept = kept.filter(([, rows]) => rows >= leastRows);
  }
  return {
    features: new Map(kept.map(([term], feature) => [term, feature])),
    idf: Float64Array.from(kept, ([, rows]) => Math.log((1 + texts.length) / (1 + rows)) + 1),
    leastRows,
  };
}

/** (1 + ln count) * idf, each row of length one; terms outside the vocabulary are passed over. */
export function vectorize({ features, idf }: Vocabulary, texts: readonly string[]): SparseRows {
  const starts = new Int32Array(texts.length + 1);
  const at: number[] = [];
  const values: number[] = [];
  for (const [i, text] of texts.entries()) {
    const first = at.length;
    let squares = 0;
    for (const [term, count] of countTerms(text)) {
      const feature = features.get(term);
      if (feature === undefined) continue;
      const value = (1 + Math.log(count)) * (idf[feature] as number);
      at.push(feature);
      values.push(value);
      squares += value * value;
    }
    const length = Math.sqrt(squares);
    for (let j = first; j < values.length; j++) values[j] = (values[j] as number) / length;
    starts[i + 1] = at.length;
  }
  return { starts, features: Int32Array.from(at), values: Float64Array.from(values) };
}
