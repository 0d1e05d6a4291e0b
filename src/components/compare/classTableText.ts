/** The per-label table as tab-separated text, which spreadsheets paste as cells. Shares of one, four decimals. */
import { wilson } from '../../engine/evaluation/significance';
import type { ClassRow } from './perClass';

const HEAD = [
  'label',
  'test rows',
  'precision before',
  'precision after',
  'recall before',
  'recall after',
  'recall after, 95 % low',
  'recall after, 95 % high',
  'F1 before',
  'F1 after',
];

export function classTableText(rows: readonly ClassRow[]): string {
  const lines = rows.map(({ name, n, before, after }) => {
    const shares = [
      before.precision,
      after.precision,
      before.recall,
      after.recall,
      ...wilson(after.hits, n),
      before.f1,
      after.f1,
    ].map((share) => share.toFixed(4));
    return [name.replaceAll(/\s+/g, ' '), n, ...shares].join('\t');
  });
  return [HEAD.join('\t'), ...lines].join('\n');
}
