/** The learning curve's title: whether more rows help the way that is advised. Pure. */
import type { StudyReport } from '../../engine/core/study';
import { candidatesOf } from '../../engine/evaluation/candidates';
import { curveSubject } from '../../engine/evaluation/curveSubject';
import type { Names } from './studyText';

export function learningFinding(report: StudyReport, names: Names): string {
  const subject = curveSubject(report.advice, candidatesOf(report));
  const found = report.more_data.find(({ arm }) => arm === subject);
  if (!found || found.verdict === 'cannot-tell') return 'Would more rows help?';
  const whom = names[found.arm] ?? found.arm;
  return found.verdict === 'yes' ? `More rows would help ${whom}` : `More rows would hardly help ${whom}`;
}
