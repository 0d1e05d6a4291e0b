/** Compare: did tuning help, how sure is that, was it worth it, and on which rows. */
import { IconScale } from '@tabler/icons-react';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { headParameters } from '../../engine/tuning/spec';
import { download } from '../../state/download';
import { modelOf, useMachine } from '../../state/machine';
import { type OpenedRun, useRuns } from '../../state/runs';
import { NoRun } from '../common/NoRun';
import type { NoteSpec } from '../common/Note';
import { OtherData } from '../common/OtherData';
import { ScreenFrame } from '../common/ScreenFrame';
import { BeforeAfter } from './BeforeAfter';
import { ClassTable } from './ClassTable';
import { Descriptions } from './Descriptions';
import { Lead } from './Lead';
import { MatrixPanel } from './MatrixPanel';
import { fileStem, predictionsSheet } from './predictionsSheet';
import { RowsPanel } from './RowsPanel';
import { RunFacts } from './RunFacts';
import { type CellFilter, type RowsQuery, type RowsTab, testRows } from './rows';
import { methodLabel } from './settingsDiff';
import { TryIt } from './TryIt';
import { Worth } from './Worth';

const QUESTION = 'Did tuning help?';
const BACK = { to: '/train' };

const NOTES: readonly NoteSpec[] = [
  {
    id: 'compare-test-rows',
    title: 'Why these rows?',
    body: 'The test rows were set aside before training and looked at only now. A score on rows the model has learned from would flatter it.',
  },
  {
    id: 'compare-interval',
    title: 'Why “between”?',
    body: 'Other test rows would give a slightly different score. The interval says how different: the true figure lies inside it 95 times in 100. Ten times the rows make it about three times narrower.',
  },
  {
    id: 'compare-worth',
    title: 'Is simple enough?',
    body: 'A head on the frozen model trains in seconds. If it does as well, take it: less to store, less to explain, less to go wrong.',
  },
];

export function CompareScreen() {
  const opened = useRuns((runs) => runs.opened);
  if (opened) return <Compared opened={opened} />;
  return (
    <ScreenFrame question={QUESTION} back={BACK}>
      <NoRun
        icon={<IconScale size={32} stroke={1.5} />}
        sentence="Nothing to compare yet: the model has to be tuned first."
      />
    </ScreenFrame>
  );
}

const FIRST_QUERY: RowsQuery = { tab: 'fixed', search: '', order: 'file', cell: null };

function Compared({ opened: { report, predictions } }: { opened: OpenedRun }) {
  const [, navigate] = useLocation();
  const model = useMachine((machine) => modelOf(machine, report.model.id));
  const rows = useMemo(() => testRows(predictions), [predictions]);
  const labels = predictions.classes;
  const method = methodLabel(report.method.id);
  const rowsHeading = useRef<HTMLHeadingElement>(null);
  const [query, setQuery] = useState(FIRST_QUERY);

  const goToRows = useCallback((next: Pick<RowsQuery, 'tab' | 'cell'>): void => {
    setQuery({ ...FIRST_QUERY, ...next });
    rowsHeading.current?.scrollIntoView({ block: 'start' });
    rowsHeading.current?.focus({ preventScroll: true });
  }, []);
  const showTab = useCallback((tab: RowsTab): void => goToRows({ tab, cell: null }), [goToRows]);
  const showCell = useCallback((cell: CellFilter): void => goToRows({ tab: 'all', cell }), [goToRows]);

  return (
    <ScreenFrame
      question={QUESTION}
      lead={report.name}
      back={BACK}
      notes={NOTES}
      primary={{ label: 'Export', onClick: () => navigate('/export') }}
    >
      <OtherData data={report.config.data} />
      <Lead report={report} />
      <BeforeAfter report={report} methodLabel={method} onShowRows={showTab} />
      <Worth
        report={report}
        methodLabel={method}
        headParameters={model ? headParameters(model.shape, labels.length) : null}
      />
      <RowsPanel
        rows={rows}
        labels={labels}
        query={query}
        onQuery={setQuery}
        headingRef={rowsHeading}
        onDownload={() =>
          download(`${fileStem(report.name)}-predictions.csv`, predictionsSheet(rows, labels), 'text/csv')
        }
      />
      <MatrixPanel rows={rows} labels={labels} onOpen={showCell} />
      <ClassTable rows={rows} labels={labels} />
      <TryIt
        key={report.id}
        runId={report.id}
        example={rows.find((row) => row.outcome === 'fixed') ?? rows[0]}
      />
      <Descriptions
        key={`descriptions ${report.id}`}
        runId={report.id}
        labels={labels}
        measured={report.config.descriptions}
        accuracy={report.before.accuracy}
      />
      <RunFacts report={report} />
    </ScreenFrame>
  );
}
