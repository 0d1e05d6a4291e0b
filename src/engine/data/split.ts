/** Training, validation and test rows: stratified by label, copies of a text kept together, seeded. */
import type { SplitSettings } from '../core/config';
import { random } from '../core/random';
import { groupByLabel, groupByText } from './checks/check';
import type { Example, SplitName, Splits } from './table';

type Group = readonly number[];
type Held = Exclude<SplitName, 'train'>;

/** The commonest label of a group of equal texts; the first on a tie. */
function labelOf(group: Group, examples: readonly Example[]): string {
  const counts = new Map<string, number>();
  for (const i of group) {
    const label = examples[i]?.label ?? '';
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  let best = { label: '', count: 0 };
  for (const [label, count] of counts) if (count > best.count) best = { label, count };
  return best.label;
}

/** Rows owed to a split so far: class by class, what rounding took is carried on to the next class. */
interface Owed {
  share: number;
  carry: number;
}

interface Assignment {
  train: Group[];
  validation: Group[];
  test: Group[];
}

const size = (groups: readonly Group[]): number => groups.reduce((sum, group) => sum + group.length, 0);

/** Gives a split that got nothing the smallest group of the split with the most, as long as that keeps one. */
function fillEmpty(assigned: Assignment, name: Held): void {
  if (assigned[name].length > 0) return;
  const donor = [assigned.train, assigned.validation, assigned.test].reduce((most, groups) =>
    groups.length > most.length ? groups : most,
  );
  if (donor.length < 2) return;
  const smallest = donor.reduce((least, group) => (group.length < least.length ? group : least));
  donor.splice(donor.indexOf(smallest), 1);
  assigned[name].push(smallest);
}

/** One class: held-out splits take groups while they fit their target, the rest trains. */
function assignClass(groups: readonly Group[], owed: ReadonlyMap<Held, Owed>): Assignment {
  const assigned: Assignment = { train: [], validation: [], test: [] };
  const rows = size(groups);
  // Whoever is owed most chooses first, so that with two groups both held-out splits get their turn.
  const wanted = [...owed]
    .filter(([, { share }]) => share > 0)
    .map(([name, { share, carry }]) => ({ name, want: rows * share + carry }))
    .sort((a, b) => b.want - a.want);
  let rest = groups;
  for (const { name, want } of wanted) {
    const room = Math.max(0, Math.round(want));
    const left: Group[] = [];
    let taken = 0;
    rest.forEach((group, i) => {
      const isLast = left.length === 0 && i === rest.length - 1;
      if (isLast || taken + group.length > room) left.push(group);
      else {
        taken += group.length;
        assigned[name].push(group);
      }
    });
    rest = left;
  }
  assigned.train.push(...rest);
  for (const { name } of wanted) fillEmpty(assigned, name);
  for (const [name, debt] of owed) debt.carry += rows * debt.share - size(assigned[name]);
  return assigned;
}

/**
 * Splits examples by label in the given shares. Rows with the same normalised text go to the same split. A class
 * with three or more different texts stands in every split, one with two in training and in one other, one with a
 * single text in training only. With official test examples, those are the test (appended to the list and marked
 * `fromTestFile`) and the main file splits into training and validation.
 *
 * The same examples, settings and seed give the same split. Never throws; dataset.ts refuses empty splits.
 */
export function splitExamples(
  examples: readonly Example[],
  settings: SplitSettings,
  officialTest: readonly Example[] | null,
): { splits: Splits; examples: readonly Example[] } {
  const byLabel = new Map<string, Group[]>();
  for (const group of groupByText(examples).values()) {
    const label = labelOf(group, examples);
    const groups = byLabel.get(label);
    if (groups === undefined) byLabel.set(label, [group]);
    else groups.push(group);
  }
  const owed = new Map<Held, Owed>([
    ['test', { share: officialTest === null ? settings.test : 0, carry: 0 }],
    ['validation', { share: settings.validation, carry: 0 }],
  ]);
  const splits: Record<SplitName, number[]> = { train: [], validation: [], test: [] };
  for (const label of [...byLabel.keys()].sort()) {
    const groups = random(settings.seed, `split/${label}`).shuffle(byLabel.get(label) ?? []);
    const assigned = assignClass(groups, owed);
    for (const name of ['train', 'validation', 'test'] as const) splits[name].push(...assigned[name].flat());
  }
  for (const indices of Object.values(splits)) indices.sort((a, b) => a - b);
  if (officialTest === null) return { splits, examples };
  const test = officialTest.map((example): Example => ({ ...example, fromTestFile: true }));
  return {
    splits: { ...splits, test: test.map((_, i) => examples.length + i) },
    examples: [...examples, ...test],
  };
}

/**
 * Few rows of each class for training and validation together, in the shares that the settings give them (at least
 * one for validation); the test keeps every row. Rows that are not drawn leave the list, and indices follow.
 */
export function thinSplits(
  { splits, examples }: { splits: Splits; examples: readonly Example[] },
  perClass: number,
  settings: SplitSettings,
): { splits: Splits; examples: readonly Example[] } {
  const share = settings.validation / (1 - (examples.some((one) => one.fromTestFile) ? 0 : settings.test));
  const validation = Math.min(perClass - 1, Math.max(1, Math.round(perClass * share)));
  const draw = (name: 'train' | 'validation', most: number): number[] =>
    [...groupByLabel(splits[name].map((i) => examples[i] as Example))].flatMap(([label, positions]) =>
      random(settings.seed, `per-class/${name}/${label}`)
        .shuffle(positions)
        .slice(0, most)
        .map((position) => splits[name][position] as number),
    );
  const drawn = { train: draw('train', perClass - validation), validation: draw('validation', validation) };
  const kept = [...drawn.train, ...drawn.validation, ...splits.test].sort((a, b) => a - b);
  const place = new Map(kept.map((i, at) => [i, at]));
  const moved = (indices: readonly number[]): number[] =>
    indices.map((i) => place.get(i) as number).sort((a, b) => a - b);
  return {
    splits: { train: moved(drawn.train), validation: moved(drawn.validation), test: moved(splits.test) },
    examples: kept.map((i) => examples[i] as Example),
  };
}

/**
 * A seeded sample of `limit` examples with the classes in proportion (largest remainders) and at least 3 rows of
 * each where class and limit allow; in the original order. All examples when there are no more than `limit`.
 */
export function sampleExamples(
  examples: readonly Example[],
  limit: number,
  seed: number,
): readonly Example[] {
  if (examples.length <= limit) return examples;
  const classes = [...groupByLabel(examples)].sort(([a], [b]) => (a < b ? -1 : 1));
  const fewest = Math.min(3, Math.floor(limit / classes.length));
  const quotas = classes.map(([label, indices]) => {
    const exact = (indices.length * limit) / examples.length;
    const least = Math.min(indices.length, fewest);
    return { label, indices, least, exact, quota: Math.max(least, Math.floor(exact)) };
  });
  let open = limit - quotas.reduce((sum, { quota }) => sum + quota, 0);
  // Rounding leaves some to give to those cut most, or the lifted small classes used up some of the largest.
  for (const entry of [...quotas].sort((a, b) => b.exact - b.quota - (a.exact - a.quota))) {
    if (open <= 0) break;
    entry.quota++;
    open--;
  }
  while (open < 0) {
    const largest = quotas.reduce((most, entry) =>
      entry.quota - entry.least > most.quota - most.least ? entry : most,
    );
    largest.quota--;
    open++;
  }
  const kept = quotas.flatMap(({ label, indices, quota }) =>
    random(seed, `sample/${label}`).shuffle(indices).slice(0, quota),
  );
  return kept.sort((a, b) => a - b).flatMap((i) => examples[i] ?? []);
}
