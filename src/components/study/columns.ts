/** The columns of the table: what each holds, how it is written, and which way it is sorted first. Pure. */
import { type ArmReport, costPerThousand } from '../../engine/core/study';
import { bytes, count, figure, magnitude, percent, plural, points } from '../common/format';
import type { GlossaryId } from '../common/glossary';
import { hasAnswers, money, trainTime } from './studyText';

export type ColumnId =
  | 'name'
  | 'accuracy'
  | 'versus'
  | 'parameters'
  | 'bytes'
  | 'train'
  | 'latency'
  | 'tokens'
  | 'cost';

export interface Column {
  id: ColumnId;
  label: string;
  term: GlossaryId | null;
  /** To sort by; null where it was not measured. */
  value: (arm: ArmReport, price: number) => number | null;
  text: (arm: ArmReport, price: number) => string;
  /** Whether most comes first when it is sorted by. */
  descending: boolean;
}

const measured = (value: number | null, text: (value: number) => string): string =>
  value === null ? '–' : text(value);

/** All but the name, which is text. */
export const COLUMNS: readonly Column[] = [
  {
    id: 'accuracy',
    label: 'Right',
    term: 'accuracy',
    value: ({ accuracy }) => accuracy,
    text: ({ accuracy }) => percent(accuracy),
    descending: true,
  },
  {
    id: 'versus',
    label: 'Difference',
    term: 'mcnemar',
    value: ({ versus }) => versus?.delta ?? 0,
    text: ({ versus }) => (versus ? points(versus.delta) : '–'),
    descending: true,
  },
  {
    id: 'parameters',
    label: 'Weights trained',
    term: 'parameters',
    value: (arm) => arm.trainable_parameters,
    text: (arm) => magnitude(arm.trainable_parameters),
    descending: false,
  },
  {
    id: 'bytes',
    label: 'File',
    term: null,
    value: (arm) => arm.bytes,
    text: (arm) => bytes(arm.bytes),
    descending: false,
  },
  {
    id: 'train',
    label: 'Training',
    term: 'training-time',
    value: (arm) => arm.train_s,
    text: (arm) => trainTime(arm.train_s),
    descending: false,
  },
  {
    id: 'latency',
    label: 'One row',
    term: 'latency',
    value: (arm) => arm.latency_ms,
    text: (arm) => measured(arm.latency_ms, (ms) => `${figure(ms)} ms`),
    descending: false,
  },
  {
    id: 'tokens',
    label: 'Tokens a row',
    term: 'token',
    value: (arm) => arm.prompt_tokens,
    text: (arm) => figure(arm.prompt_tokens),
    descending: false,
  },
  {
    id: 'cost',
    label: 'Cost of 1,000 rows',
    term: 'token-price',
    value: costPerThousand,
    text: (arm, price) => money(costPerThousand(arm, price)),
    descending: false,
  },
];

export interface Sorting {
  column: ColumnId;
  descending: boolean;
}

export const FIRST_SORTING: Sorting = { column: 'accuracy', descending: true };

/** The next order when a column's header is pressed: its own way first, then the other. */
export function pressed(now: Sorting, column: ColumnId): Sorting {
  if (now.column === column) return { column, descending: !now.descending };
  return { column, descending: COLUMNS.find(({ id }) => id === column)?.descending ?? false };
}

/** Ways without answers come last, those without the measurement before them; equal ones keep their order. */
export function sorted(
  arms: readonly ArmReport[],
  { column, descending }: Sorting,
  names: Readonly<Record<string, string>>,
  price: number,
): ArmReport[] {
  const found = COLUMNS.find(({ id }) => id === column);
  const sign = descending ? -1 : 1;
  const order = (a: ArmReport, b: ArmReport): number => {
    if (!found) return sign * (names[a.id] ?? a.id).localeCompare(names[b.id] ?? b.id);
    const [left, right] = [found.value(a, price), found.value(b, price)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left - right);
  };
  return [...arms.filter(hasAnswers).sort(order), ...arms.filter((arm) => !hasAnswers(arm))];
}

/** How many test rows it was asked, where not all; null where all. */
export function askedText({ n }: Pick<ArmReport, 'n'>, testRows: number): string | null {
  return n === testRows ? null : `asked ${count(n)} of ${plural(testRows, 'test row')}`;
}

/** Test rows without a usable answer, for a cell; null when all have one. */
export function unansweredText({ unanswered, n }: Pick<ArmReport, 'unanswered' | 'n'>): string | null {
  return unanswered === 0 ? null : `no usable answer to ${count(unanswered)} of ${count(n)} rows`;
}
