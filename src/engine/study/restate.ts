import type { Situation, StudyReport, StudyRows } from '../core/study';
import { advise } from '../evaluation/advice';
import type { ArmFile } from './artifacts';
import { withComparisons } from './report';

export interface Restatement {
  reference: string;
  pricePerMillion: number;
  situation: Situation | null;
}

/** The same answers, compared with another arm and advised on for another situation. */
export function restated(
  report: StudyReport,
  rows: StudyRows,
  files: readonly ArmFile[],
  changes: Restatement,
): StudyReport {
  const config = { ...report.config, ...changes };
  const expected = rows.rows.map((row) => row.expected);
  const next = { ...report, config, arms: withComparisons(files, expected, config) };
  return { ...next, advice: advise(next) };
}
