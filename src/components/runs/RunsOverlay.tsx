/** Curves of the chosen runs over each other, and the settings that differ. */
import { CloseButton, SegmentedControl, Table } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { RunReport } from '../../engine/core/report';
import { readRuns } from '../../state/commands/runs';
import { CurveChart } from '../charts/CurveChart';
import { CurveLegend } from '../charts/CurveLegend';
import { Busy } from '../common/Busy';
import { AreaError } from '../common/ErrorCard';
import { figure, percent, plural } from '../common/format';
import { Section } from '../common/Section';
import { differences, lastStepOf, type OverlayView, overlayCurves, overlayRows } from './overlay';
import classes from './runs.module.css';

const VIEWS: { value: OverlayView; label: string }[] = [
  { value: 'loss', label: 'Validation loss' },
  { value: 'accuracy', label: 'Accuracy' },
];

interface RunsOverlayProps {
  ids: readonly string[];
  onClose: () => void;
}

export function RunsOverlay({ ids, onClose }: RunsOverlayProps) {
  const [reports, setReports] = useState<readonly RunReport[]>([]);
  const [view, setView] = useState<OverlayView>('loss');
  const asked = ids.join(' ');
  useEffect(() => {
    let superseded = false;
    void readRuns(asked.split(' ')).then((found) => {
      if (!superseded && found) setReports(found);
    });
    return () => {
      superseded = true;
    };
  }, [asked]);
  const curves = overlayCurves(reports);
  return (
    <Section
      title={`${plural(ids.length, 'run')} over each other`}
      lead="On the validation rows, check by check."
      tools={
        <>
          <SegmentedControl
            size="sm"
            aria-label="What the chart shows"
            data={VIEWS}
            value={view}
            onChange={(value) => setView(value as OverlayView)}
          />
          <CloseButton aria-label="Close the comparison" onClick={onClose} />
        </>
      }
    >
      <Busy area="overlay" />
      <AreaError area="overlay" />
      {reports.length > 0 && (
        <>
          <CurveChart
            rows={overlayRows(reports, view)}
            curves={curves}
            description={`${view === 'loss' ? 'Validation loss' : 'Accuracy'} of ${plural(reports.length, 'run')} by step`}
            yLabel={view === 'loss' ? 'loss (nats)' : 'share right on validation rows'}
            formatY={view === 'loss' ? figure : (value) => percent(value).replace('.0 %', ' %')}
            {...(view === 'accuracy' ? { yTop: 1 } : {})}
            lastStep={lastStepOf(reports)}
          />
          <CurveLegend curves={curves} />
          <Differences reports={reports} />
        </>
      )}
    </Section>
  );
}

function Differences({ reports }: { reports: readonly RunReport[] }) {
  const rows = [
    { label: 'Right on test rows', values: reports.map(({ after }) => percent(after.accuracy)) },
    ...differences(reports),
  ];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={classes.scroll} tabIndex={0} aria-label="What differs">
      <Table aria-label="What differs between the runs" verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">What differs</Table.Th>
            {reports.map(({ id, name }) => (
              <Table.Th key={id} scope="col">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ label, values }) => (
            <Table.Tr key={label}>
              <Table.Th scope="row">{label}</Table.Th>
              {reports.map(({ id }, i) => (
                <Table.Td key={id}>{values[i]}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
