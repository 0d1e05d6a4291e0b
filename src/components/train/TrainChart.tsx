/** The curves of the run under one title that says what they show; three views, and the same as a table. */
import { Button, SegmentedControl, Switch, Title } from '@mantine/core';
import { IconChartLine, IconTable } from '@tabler/icons-react';
import { memo, useMemo, useState } from 'react';
import type { RunState } from '../../state/runReducer';
import { CurveChart } from '../charts/CurveChart';
import { CurveLegend } from '../charts/CurveLegend';
import { DataTable } from '../charts/DataTable';
import { count, percent } from '../common/format';
import { Term } from '../common/Term';
import { type ChartView, chartFinding } from './finding';
import { phaseRows } from './phases';
import styles from './train.module.css';
import { useRunFrame } from './useRunFrame';
import { viewData } from './views';

const VIEWS: { value: ChartView; label: string }[] = [
  { value: 'loss', label: 'Loss' },
  { value: 'accuracy', label: 'Accuracy' },
  { value: 'rate', label: 'Step size' },
];
/** Three pictures a second are enough for a curve and leave the page free. */
const EVERY_MS = 330;

export function TrainChart() {
  const run = useRunFrame((state) => state, EVERY_MS);
  return run.status === 'idle' ? null : <Chart run={run} />;
}

const Chart = memo(function Chart({ run }: { run: Exclude<RunState, { status: 'idle' }> }) {
  const [view, setView] = useState<ChartView>('loss');
  const [logarithmic, setLogarithmic] = useState(false);
  const [asTable, setAsTable] = useState(false);
  const data = useMemo(() => viewData(view, run), [view, run]);
  if (!run.telemetry.latest && run.telemetry.evaluations.length === 0) return <BeforeFirstStep run={run} />;
  return (
    <section className={`hone-card ${styles.chart}`} aria-labelledby="train-chart-title">
      <Title order={2} size="h3" id="train-chart-title" className={styles.chartTitle}>
        {chartFinding(view, run.telemetry)}
      </Title>
      <div className={styles.chartBar}>
        <SegmentedControl
          size="sm"
          aria-label="What the chart shows"
          data={VIEWS}
          value={view}
          onChange={(value) => setView(value as ChartView)}
        />
        {view === 'loss' && !asTable && (
          <Switch
            size="sm"
            label="Log scale"
            checked={logarithmic}
            onChange={(event) => setLogarithmic(event.currentTarget.checked)}
          />
        )}
        <Button
          className={styles.tableToggle}
          size="xs"
          variant="subtle"
          color="gray"
          leftSection={
            asTable ? <IconChartLine size={16} aria-hidden /> : <IconTable size={16} aria-hidden />
          }
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? 'Show as chart' : 'Show as table'}
        </Button>
      </div>
      {asTable ? (
        <CheckTable run={run} />
      ) : (
        <CurveChart {...data} logarithmic={logarithmic && view === 'loss'} />
      )}
      {!asTable && <CurveLegend curves={data.curves} />}
    </section>
  );
});

/** What goes on while there is no curve yet; as tall as the chart, so that nothing jumps when it comes. */
function BeforeFirstStep({ run }: { run: Exclude<RunState, { status: 'idle' }> }) {
  const now = phaseRows(run).find((row) => row.status === 'active');
  return (
    <section className={`hone-card ${styles.chart}`} aria-labelledby="train-chart-title">
      <Title order={2} size="h3" id="train-chart-title" className={styles.chartTitle}>
        The curve starts with the first step
      </Title>
      <div className={styles.noCurve}>
        {now && (
          <p>
            <strong>{now.label}.</strong> {now.help}
          </p>
        )}
      </div>
    </section>
  );
}

function CheckTable({ run }: { run: Exclude<RunState, { status: 'idle' }> }) {
  const { evaluations, bestStep } = run.telemetry;
  return (
    <DataTable
      caption="Each check on the validation rows"
      columns={[
        <Term key="step" id="step">
          Step
        </Term>,
        <Term key="epoch" id="epoch">
          Passes
        </Term>,
        <Term key="train" id="training-loss">
          Training loss
        </Term>,
        <Term key="validation" id="validation-loss">
          Validation loss
        </Term>,
        <Term key="accuracy" id="accuracy">
          Accuracy
        </Term>,
        <Term key="f1" id="macro-f1">
          Macro F1
        </Term>,
      ]}
      rows={evaluations.map((point) => ({
        key: point.step,
        cells: [
          `${count(point.step)}${point.step === bestStep ? ' (best)' : ''}`,
          point.epoch.toFixed(1),
          point.train_loss.toFixed(3),
          point.validation_loss.toFixed(3),
          percent(point.metrics.accuracy),
          point.metrics.macro_f1.toFixed(3),
        ],
      }))}
    />
  );
}
