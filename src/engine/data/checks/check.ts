/** What a data check is: it finds, says why it matters, and offers fixes. One file each, one registry line. */
import { textKey } from '../normalise';
import type { Example, Finding, FindingAction } from '../table';

/** Token counts of some examples (special tokens included) against the model's limit. */
export interface TextLengths {
  /** Indices into the example list. */
  examples: readonly number[];
  /** Tokens of each of them, uncut. */
  tokens: readonly number[];
  limit: number;
}

export interface CheckInput {
  /** Usable rows of the main file, after the fixes chosen so far. */
  examples: readonly Example[];
  /** Rows of the official test file; null without one. */
  testExamples: readonly Example[] | null;
  lengths: TextLengths | null;
  /** Example indices by normalised text, and by label, in order of appearance. */
  byText: ReadonlyMap<string, readonly number[]>;
  byLabel: ReadonlyMap<string, readonly number[]>;
}

/** What a fix did: the new lists, and what it took out of the main file's examples. */
export interface Fixed {
  examples: readonly Example[];
  testExamples: readonly Example[] | null;
  removed: readonly { example: Example; reason: string }[];
  /** With the numbers: 'Removed 6 rows.' */
  effect: string;
}

export interface Check {
  code: string;
  /** Name of the finding in the list of applied fixes: 'Exact duplicates'. */
  title: string;
  /** Findings of this check can be errors, which stop training. */
  blocks: boolean;
  find(input: CheckInput): Finding | null;
  /** By action id. Each is deterministic and does nothing when there is nothing to fix. */
  fixes: Readonly<Record<string, (input: CheckInput) => Fixed>>;
}

/** Findings list at most this many examples; `count` is the full number. */
const MOST_EXAMPLES = 500;

function groupBy(
  examples: readonly Example[],
  keyOf: (example: Example) => string,
): ReadonlyMap<string, readonly number[]> {
  const groups = new Map<string, number[]>();
  examples.forEach((example, i) => {
    const key = keyOf(example);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [i]);
    else group.push(i);
  });
  return groups;
}

/** Lists of examples are never changed, and the split and the checks group the same one. */
const groupedByText = new WeakMap<readonly Example[], ReadonlyMap<string, readonly number[]>>();

/** Example indices by normalised text, in order of appearance. */
export function groupByText(examples: readonly Example[]): ReadonlyMap<string, readonly number[]> {
  const known = groupedByText.get(examples);
  if (known !== undefined) return known;
  const groups = groupBy(examples, (example) => textKey(example.text));
  groupedByText.set(examples, groups);
  return groups;
}

/** Example indices by label, in order of appearance. */
export function groupByLabel(examples: readonly Example[]): ReadonlyMap<string, readonly number[]> {
  return groupBy(examples, (example) => example.label);
}

/** The groups are computed once, those by text when first asked for, and shared by all checks. */
export function checkInput(
  examples: readonly Example[],
  testExamples: readonly Example[] | null,
  lengths: TextLengths | null,
): CheckInput {
  return {
    examples,
    testExamples,
    lengths,
    get byText() {
      return groupByText(examples);
    },
    byLabel: groupByLabel(examples),
  };
}

/** A finding over some examples, in file order unless the caller groups them. */
export function finding(
  code: string,
  severity: Finding['severity'],
  indices: readonly number[],
  words: { title: string; why: string },
  actions: readonly FindingAction[] = [],
): Finding {
  const examples = indices.slice(0, MOST_EXAMPLES);
  return { code, severity, ...words, examples, count: indices.length, actions };
}

/** Takes the examples at `reasons`' indices out of the main file. */
export function removeExamples(
  input: CheckInput,
  reasons: ReadonlyMap<number, string>,
  effect: string,
): Fixed {
  const removed = [...reasons]
    .sort(([a], [b]) => a - b)
    .flatMap(([index, reason]) => {
      const example = input.examples[index];
      return example === undefined ? [] : [{ example, reason }];
    });
  return {
    examples: input.examples.filter((_, i) => !reasons.has(i)),
    testExamples: input.testExamples,
    removed,
    effect,
  };
}

/** Takes whole classes out, of the test file too. */
export function removeClasses(
  input: CheckInput,
  labels: ReadonlySet<string>,
  reason: (label: string) => string,
  effect: string,
): Fixed {
  const reasons = new Map<number, string>();
  input.examples.forEach((example, i) => {
    if (labels.has(example.label)) reasons.set(i, reason(example.label));
  });
  return removeExamples(input, reasons, effect);
}
