/** Which label an answer in words means. Only what names one label beyond doubt counts. */

/** Words between quotes, backticks or stars; an apostrophe inside a word opens none. */
const QUOTED = /(?<![\p{L}\d])["'“‘`*]+([^"'“”‘’`*\n]+)["'”’`*]+(?![\p{L}\d])/gu;

/** A class index, or -1. `numbered`: the prompt numbered the labels from 1. */
export function labelOf(answer: string, labels: readonly string[], numbered: boolean): number {
  const words = answer.replace(/<think>[\s\S]*?(<\/think>|$)/g, '').trim();
  for (const candidate of candidates(words)) {
    const found = match(candidate, labels, numbered);
    if (found >= 0) return found;
  }
  return -1;
}

/** What may be the label, most literal first. */
function* candidates(words: string): Generator<string> {
  yield words;
  yield* jsonValues(words.replace(/^```\w*\s*|\s*```$/g, ''));
  const line = words.split('\n').find((each) => each.trim()) ?? '';
  yield line;
  yield line.replace(/^\W*(label|answer|category|class)\W*:\s*/i, '');
  const quoted = [...words.matchAll(QUOTED)].map(([, inner = '']) => inner);
  // Of several quoted strings it is not plain which one was meant.
  if (new Set(quoted).size === 1) yield quoted[0] as string;
}

/** The label in `{"label": "refund"}`, a bare JSON string, or a list of one. */
function* jsonValues(words: string): Generator<string> {
  let value: unknown;
  try {
    value = JSON.parse(words);
  } catch {
    return;
  }
  const named = value as Readonly<Record<string, unknown>> | null;
  const inner =
    typeof named === 'object' && named !== null && !Array.isArray(named)
      ? (named.label ?? named.answer ?? named.category ?? named.class)
      : value;
  const single = Array.isArray(inner) && inner.length === 1 ? inner[0] : inner;
  if (typeof single === 'string' || typeof single === 'number') yield String(single);
}

function match(candidate: string, labels: readonly string[], numbered: boolean): number {
  const plain = strip(candidate);
  const exact = [candidate, plain].map((words) => labels.indexOf(words)).find((at) => at >= 0);
  if (exact !== undefined) return exact;
  const folded = fold(plain);
  const alike = labels.flatMap((label, i) => (fold(strip(label)) === folded ? [i] : []));
  if (alike.length === 1) return alike[0] as number;
  const number = numbered ? /^(\d+)[.):]?$/.exec(plain)?.[1] : undefined;
  return number !== undefined && Number(number) >= 1 && Number(number) <= labels.length
    ? Number(number) - 1
    : -1;
}

/** Without the quotes, emphasis, bullets and full stops that models put around a word; “-1” is no bullet. */
function strip(text: string): string {
  return text.replace(/^([\s"'“”‘’`*#>]|-(?=\s))+|[\s"'“”‘’`*.,;!]+$/g, '');
}

/** Case, and which of blank, dash and underscore joins the words, do not matter. */
function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ');
}
