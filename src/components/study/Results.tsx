/** Everything a study has found so far. */
import { ranked } from '../../engine/core/study';
import type { OpenedStudy } from '../../state/studies';
import { useProjector } from '../common/useProjector';
import { AdvicePanel } from './AdvicePanel';
import { Comparison } from './Comparison';
import { CostChart } from './CostChart';
import { LearningChart } from './LearningChart';
import { ResultTable } from './ResultTable';
import { StudyFacts } from './StudyFacts';
import { StudyFiles } from './StudyFiles';
import { StudyRowsPanel } from './StudyRowsPanel';

interface ResultsProps {
  opened: OpenedStudy;
  /** Ways are still being asked. */
  underWay: boolean;
}

export function Results({ opened: { report, rows }, underWay }: ResultsProps) {
  const projector = useProjector();
  const answered = ranked(report.arms).length;
  return (
    <>
      {report.advice.length > 0 && <AdvicePanel report={report} underWay={underWay} />}
      <ResultTable report={report} underWay={underWay} />
      {answered > 1 && <CostChart report={report} />}
      <Comparison report={report} />
      {report.learning_curve && report.learning_curve.length > 0 && (
        <div id="curve" tabIndex={-1}>
          <LearningChart report={report} />
        </div>
      )}
      {!projector && (
        <>
          {rows && answered > 1 && <StudyRowsPanel report={report} rows={rows} />}
          <StudyFacts report={report} />
          {rows && <StudyFiles id={report.id} />}
        </>
      )}
    </>
  );
}
