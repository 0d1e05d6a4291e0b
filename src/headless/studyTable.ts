/** A finished study as a Markdown table: what a terminal shows last, and what a document can hold as it is. */
import { bytes, count, duration, figure, pValue } from '../engine/core/format';
import { type ArmReport, ranked, type StudyReport } from '../engine/core/study';

const HEAD = [
  'arm',
  'right',
  '95 %',
  'macro F1',
  'against',
  '95 %',
  'p (Holm)',
  'trains',
  'stores',
  'time',
  'tokens/row',
];

const points = (share: number): string => (100 * share).toFixed(1);
const signed = (share: number): string => `${share < 0 ? '' : '+'}${points(share)}`;

/** Best first; arms without an answer last, with the reason why. */
export function studyTable({ arms, config }: StudyReport): string[] {
  const rows = [
    HEAD.map((title) => (title === 'against' ? `against ${config.reference}` : title)),
    ...ranked(arms).map(cellsOf),
  ];
  const widths = HEAD.map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => `${'-'.repeat(width - (i === 0 ? 0 : 1))}${i === 0 ? '' : ':'}`).join(' | ')} |`;
  const [head = [], ...body] = rows;
  const silent = arms.filter(({ status }) => status !== 'finished');
  return [
    line(head),
    rule,
    ...body.map(line),
    ...silent.map(({ id, status, error }) => `${id}: ${status}${error ? `, ${error.message}` : ''}`),
  ];
}

function cellsOf(arm: ArmReport): string[] {
  const { id, accuracy, macro_f1, ci95, versus, trainable_parameters, train_s, prompt_tokens } = arm;
  return [
    id,
    points(accuracy),
    between(ci95.accuracy, points),
    points(macro_f1),
    versus ? signed(versus.delta) : '–',
    versus ? between(versus.ci95, signed) : '–',
    versus ? pValue(versus.p_holm).replace(/^p (= )?/, '') : '–',
    count(trainable_parameters),
    bytes(arm.bytes),
    duration(train_s),
    figure(prompt_tokens),
  ];
}

function between([low, high]: readonly [number, number], write: (share: number) => string): string {
  return `${write(low)} to ${write(high)}`;
}
