/** Scores of written texts against one reference or several, of which the best counts. */
import { porterStem } from './porter';

export type References = readonly string[];

/** Whether the candidate is one of the references, white space at both ends aside. */
export function exactMatch(candidate: string, references: References): boolean {
  return references.some((reference) => reference.trim() === candidate.trim());
}

/** rouge_score/tokenize.py: lower case, letters and digits of ASCII alone; stems of words of four letters or more. */
function rougeTokens(text: string, stem: boolean): string[] {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return stem ? words.map((word) => (word.length > 3 ? porterStem(word) : word)) : words;
}

/** Length of the longest common subsequence, row by row. */
function commonSubsequence(a: readonly string[], b: readonly string[]): number {
  let above = new Int32Array(b.length + 1);
  for (const token of a) {
    const row = new Int32Array(b.length + 1);
    for (let j = 0; j < b.length; j++) {
      row[j + 1] =
        token === b[j] ? (above[j] as number) + 1 : Math.max(above[j + 1] as number, row[j] as number);
    }
    above = row;
  }
  return above[b.length] as number;
}

/**
 * ROUGE-L F-measure in [0, 1] (Lin 2004), as Google's rouge-score: RougeScorer(['rougeL'], use_stemmer=stem), the best
 * of several references as its score_multi. Words in other scripts than Latin do not count, there and here.
 */
export function rougeL(candidate: string, references: string | References, { stem = false } = {}): number {
  const said = rougeTokens(candidate, stem);
  const scores = [references].flat().map((reference) => {
    const wanted = rougeTokens(reference, stem);
    const common = commonSubsequence(wanted, said);
    if (common === 0) return 0;
    const precision = common / said.length;
    const recall = common / wanted.length;
    return (2 * precision * recall) / (precision + recall);
  });
  return Math.max(0, ...scores);
}

const CHRF_ORDER = 6;
const CHRF_BETA = 2;
/** What Python's str.split() takes for white space; JavaScript's \s differs in five characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: file, group, record and unit separators are among them
const PYTHON_SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/** Counts of character n-grams by order 1 to 6, white space left out. */
function characterNgrams(text: string): Map<string, number>[] {
  const characters = [...text.replace(PYTHON_SPACE, '')];
  return Array.from({ length: CHRF_ORDER }, (_, order) => {
    const counts = new Map<string, number>();
    for (let at = 0; at + order < characters.length; at++) {
      const ngram = characters.slice(at, at + order + 1).join('');
      counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
    }
    return counts;
  });
}

/** By order: n-grams of the candidate, of the reference, and of both. */
type ChrfCounts = readonly (readonly [candidate: number, reference: number, both: number])[];

function countMatches(candidate: Map<string, number>[], reference: Map<string, number>[]): ChrfCounts {
  const total = (counts: Map<string, number>): number =>
    [...counts.values()].reduce((sum, count) => sum + count, 0);
  return candidate.map((said, order) => {
    const wanted = reference[order] as Map<string, number>;
    let both = 0;
    for (const [ngram, count] of said) both += Math.min(count, wanted.get(ngram) ?? 0);
    return [wanted.size === 0 ? 0 : total(said), total(wanted), both];
  });
}

/** In [0, 100]; orders that the candidate or the reference is too short for do not count. */
function chrfScore(counts: ChrfCounts): number {
  const usable = counts.filter(([said, wanted]) => said > 0 && wanted > 0);
  const mean = (of: 0 | 1): number =>
    usable.reduce((sum, order) => sum + order[2] / order[of], 0) / Math.max(1, usable.length);
  const [precision, recall] = [mean(0), mean(1)];
  if (precision + recall === 0) return 0;
  const factor = CHRF_BETA ** 2;
  return (100 * (1 + factor) * precision * recall) / (factor * precision + recall);
}

/** Counts against the reference with the best score; the first on a tie. */
function bestCounts(candidate: string, references: References): ChrfCounts {
  const said = characterNgrams(candidate);
  let best: { counts: ChrfCounts; score: number } | null = null;
  for (const reference of references) {
    const counts = countMatches(said, characterNgrams(reference));
    const score = chrfScore(counts);
    if (best === null || score > best.score) best = { counts, score };
  }
  return best?.counts ?? [];
}

/** chrF2 of one text in [0, 100] (Popović 2015), as sacrebleu's CHRF().sentence_score. */
export function chrFRow(candidate: string, references: string | References): number {
  return chrfScore(bestCounts(candidate, [references].flat()));
}

/** chrF2 of all texts together in [0, 100], as sacrebleu's CHRF().corpus_score; `references` row by row. */
export function chrF(candidates: readonly string[], references: readonly (string | References)[]): number {
  const sums = Array.from({ length: CHRF_ORDER }, (): [number, number, number] => [0, 0, 0]);
  candidates.forEach((candidate, row) => {
    const counts = bestCounts(candidate, [references[row] ?? []].flat());
    counts.forEach((own, order) => {
      const sum = sums[order] as [number, number, number];
      for (const part of [0, 1, 2] as const) sum[part] += own[part];
    });
  });
  return chrfScore(sums);
}

/** Natural-log loss of a row, summed over its learned tokens. */
export interface RowLoss {
  loss: number;
  tokens: number;
}

/** Mean loss of a token, every token counting the same, however the rows are cut. NaN without tokens. */
export function meanLoss(rows: readonly RowLoss[]): number {
  const tokens = rows.reduce((sum, row) => sum + row.tokens, 0);
  return rows.reduce((sum, row) => sum + row.loss, 0) / tokens;
}

/** e to the mean loss of a token: among how many tokens, all as likely, the model is in doubt. */
export function perplexity(rows: readonly RowLoss[]): number {
  return Math.exp(meanLoss(rows));
}
