/** Quality against cost: one point a way, with its interval; the cost is the reader's choice. */
import { Button, Select } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconChartDots, IconTable } from '@tabler/icons-react';
import { useState } from 'react';
import { CartesianGrid, ErrorBar, Label, ResponsiveContainer, Scatter, ScatterChart, XAxis } from 'recharts';
import type { StudyReport } from '../../engine/core/study';
import { type Axis, axisOf } from '../charts/axis';
import classes from '../charts/charts.module.css';
import { niceTicks } from '../charts/curveData';
import { DataTable } from '../charts/DataTable';
import { PointNames } from '../charts/PointNames';
import { magnitude, percent, plural } from '../common/format';
import { Section } from '../common/Section';
import type { Mark } from '../compare/IntervalBar';
import { rangeText } from '../compare/shareText';
import { COSTS, type Cost, type CostPoint, costFinding, costPoints } from './costData';
import { MARK_WORDS } from './marks';
import { PointMark } from './PointMark';
import { ShareAxis } from './ShareAxis';
import { namesOf } from './studyText';

export function CostChart({ report }: { report: StudyReport }) {
  const [chosen, setChosen] = useState<Cost['id']>('train');
  const [asTable, setAsTable] = useState(false);
  // Where names would lie over the points, numbers stand for them.
  const narrow = useMediaQuery('(max-width: 720px)') ?? false;
  const cost = COSTS.find(({ id }) => id === chosen) ?? (COSTS[0] as Cost);
  const points = costPoints(report.arms, namesOf(report), cost, report.config.pricePerMillion);
  const { test } = report.data.splits;
  const fewer = report.arms.some(({ id, n }) => n < test && points.some(({ key }) => key === id));
  const marks = [...new Set(points.map(({ mark }) => mark))];
  return (
    <Section
      title={costFinding(points, cost)}
      lead={`${fewer ? 'up to ' : ''}${plural(test, 'test row')}; bars are 95 % intervals`}
      tools={
        <>
          <Select
            size="sm"
            aria-label="What it costs"
            data={COSTS.map(({ id, label }) => ({ value: id, label }))}
            value={chosen}
            allowDeselect={false}
            onChange={(value) => setChosen(COSTS.find(({ id }) => id === value)?.id ?? 'train')}
          />
          <Button
            size="sm"
            variant="subtle"
            color="gray"
            leftSection={
              asTable ? <IconChartDots size={16} aria-hidden /> : <IconTable size={16} aria-hidden />
            }
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? 'Show as chart' : 'Show as table'}
          </Button>
        </>
      }
    >
      {asTable ? (
        <DataTable
          caption="Quality against cost"
          columns={['Way', cost.label, 'Right', '95 % between']}
          rows={points.map(({ key, name, cost: value, accuracy, interval }) => ({
            key,
            cells: [name, cost.text(value), percent(accuracy), rangeText(interval)],
          }))}
        />
      ) : (
        <>
          <Plot points={points} cost={cost} numbered={narrow} />
          {narrow ? <Numbers points={points} /> : <MarkLegend marks={marks} />}
        </>
      )}
    </Section>
  );
}

const HEIGHT = 340;

interface PlotProps {
  points: readonly CostPoint[];
  cost: Cost;
  /** Numbers in place of names. */
  numbered: boolean;
}

function Plot({ points, cost, numbered }: PlotProps) {
  const axis = axisOf(
    points.map((point) => point.cost),
    niceTicks,
  );
  const data = points.map((point) => ({
    ...point,
    x: axis.at(point.cost),
    reach: [point.accuracy - point.interval[0], point.interval[1] - point.accuracy],
  }));
  return (
    <div className={classes.plot} style={{ height: HEIGHT }}>
      <ResponsiveContainer width="100%" height="100%">
        <ScatterChart
          margin={{ top: 30, right: 24, bottom: 0, left: 0 }}
          accessibilityLayer
          aria-label={`${costFinding(points, cost)}. The same as a table is one button away.`}
        >
          <CartesianGrid vertical={false} stroke="var(--hone-line)" />
          <XAxis
            dataKey="x"
            type="number"
            domain={axis.domain}
            ticks={axis.ticks}
            padding={{ left: 20, right: 20 }}
            tickFormatter={(position: number) => tickText(axis, position)}
            tick={{ fill: 'var(--hone-muted)', fontSize: 13 }}
            stroke="var(--hone-line)"
            tickLine={false}
            height={48}
          >
            <Label value={cost.axis} position="insideBottomRight" offset={2} className={classes.axis ?? ''} />
          </XAxis>
          <ShareAxis dataKey="accuracy" />
          <Scatter data={data} isAnimationActive={false} shape={Point}>
            <ErrorBar
              dataKey="reach"
              direction="y"
              width={5}
              strokeWidth={1.5}
              stroke="var(--hone-muted)"
              isAnimationActive={false}
            />
          </Scatter>
          <PointNames
            points={data.map(({ key, name, x, accuracy, interval }, i) => ({
              ...{ key, text: numbered ? `${i + 1}` : name },
              ...{ x, y: accuracy, reach: interval },
            }))}
            room={20}
          />
        </ScatterChart>
      </ResponsiveContainer>
    </div>
  );
}

function tickText(axis: Axis, position: number): string {
  const value = axis.value(position);
  return value >= 1e4
    ? magnitude(value).replace(' thousand', 'k').replace(' million', 'M')
    : String(Number(value.toPrecision(2)));
}

interface PointProps {
  cx?: number | undefined;
  cy?: number | undefined;
  payload?: CostPoint;
}

function Point({ cx, cy, payload }: PointProps) {
  if (cx === undefined || cy === undefined || !payload) return <g />;
  return <PointMark x={cx} y={cy} mark={payload.mark} />;
}

/** Which way each number on the chart is. */
function Numbers({ points }: { points: readonly CostPoint[] }) {
  return (
    <ol className={classes.numbers}>
      {points.map(({ key, name, mark }) => (
        <li key={key}>
          <svg width="16" height="16" aria-hidden>
            <PointMark x={8} y={8} mark={mark} />
          </svg>
          {name}
        </li>
      ))}
    </ol>
  );
}

function MarkLegend({ marks }: { marks: readonly Mark[] }) {
  return (
    <ul className={classes.legend}>
      {marks.map((mark) => (
        <li key={mark}>
          <svg width="16" height="16" aria-hidden>
            <PointMark x={8} y={8} mark={mark} />
          </svg>
          {MARK_WORDS[mark]}
        </li>
      ))}
    </ul>
  );
}
