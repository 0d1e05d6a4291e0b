/** Quality against the number of training rows, a line a way, with what it says about more rows. */
import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconChartLine, IconTable } from '@tabler/icons-react';
import { useState } from 'react';
import { CartesianGrid, ErrorBar, Label, Line, LineChart, ResponsiveContainer, XAxis } from 'recharts';
import type { StudyReport } from '../../engine/core/study';
import classes from '../charts/charts.module.css';
import { DataTable } from '../charts/DataTable';
import { PointNames } from '../charts/PointNames';
import { count, percent, plural } from '../common/format';
import { Section } from '../common/Section';
import { Term } from '../common/Term';
import type { Mark } from '../compare/IntervalBar';
import { rangeText } from '../compare/shareText';
import { type MeanPoint, meansByArm } from './curvePoints';
import { learningFinding } from './learningFinding';
import { MARK_COLOURS, markOf } from './marks';
import { PointMark } from './PointMark';
import { ShareAxis } from './ShareAxis';
import { namesOf } from './studyText';

interface ArmLine {
  key: string;
  name: string;
  arm: string;
  points: readonly MeanPoint[];
}

interface DrawnLine extends ArmLine {
  mark: Mark;
  dash: string;
}

export function LearningChart({ report }: { report: StudyReport }) {
  const [asTable, setAsTable] = useState(false);
  const names = namesOf(report);
  const means = meansByArm(report.learning_curve ?? []);
  const lines = report.config.arms.flatMap(({ key, arm }): ArmLine[] => {
    const points = means.get(key);
    return points ? [{ key, arm, name: names[key] ?? key, points }] : [];
  });
  return (
    <Section
      title={learningFinding(report, names)}
      lead={
        <>
          <Term id="learning-curve">Quality against training rows</Term>: the mean of{' '}
          {plural(report.config.curve?.draws ?? 1, 'draw')} of each size; bars reach from the worst to the
          best draw.
        </>
      }
      tools={
        <Button
          size="sm"
          variant="subtle"
          color="gray"
          leftSection={
            asTable ? <IconChartLine size={16} aria-hidden /> : <IconTable size={16} aria-hidden />
          }
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? 'Show as chart' : 'Show as table'}
        </Button>
      }
    >
      {asTable ? <Twin lines={lines} /> : <Plot lines={lines} />}
      {report.more_data.length > 0 && (
        <ul className={classes.sentences}>
          {report.more_data.map(({ arm, message }) => (
            <li key={arm}>
              {names[arm] ?? arm}: {message}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Twin({ lines }: { lines: readonly ArmLine[] }) {
  return (
    <DataTable
      caption="Quality against training rows"
      columns={['Way', 'Training rows', 'Right (mean)', 'Worst and best draw', 'Draws']}
      rows={lines.flatMap(({ key, name, points }) =>
        points.map(({ rows, mean, low, high, draws }) => ({
          key: `${key} ${rows}`,
          cells: [name, count(rows), percent(mean), rangeText([low, high]), count(draws)],
        })),
      )}
    />
  );
}

const HEIGHT = 320;
/** Beside the plot, for names. */
const ROOM = 190;
/** Lines of one colour are told apart by their dash, and all by the name at their end. */
const DASHES = ['', '7 4', '2 4', '10 3 2 3', '1 3'];

function Plot({ lines }: { lines: readonly ArmLine[] }) {
  const narrow = useMediaQuery('(max-width: 720px)') ?? false;
  const sizes = [...new Set(lines.flatMap(({ points }) => points.map(({ rows }) => rows)))].sort(
    (a, b) => a - b,
  );
  const [least = 1, most = 10] = [sizes[0], sizes.at(-1)];
  const seen = new Map<string, number>();
  const drawn = lines.map((line): DrawnLine => {
    const mark = markOf(line.arm);
    const nth = seen.get(mark) ?? 0;
    seen.set(mark, nth + 1);
    return { ...line, mark, dash: DASHES[nth % DASHES.length] ?? '' };
  });
  return (
    <>
      <div className={classes.plot} style={{ height: HEIGHT }}>
        <ResponsiveContainer width="100%" height="100%">
          <LineChart
            margin={{ top: 30, right: narrow ? 16 : ROOM, bottom: 0, left: 0 }}
            accessibilityLayer
            aria-label="Quality against training rows. The same as a table is one button away."
          >
            <CartesianGrid vertical={false} stroke="var(--hone-line)" />
            <XAxis
              dataKey="rows"
              type="number"
              scale="log"
              domain={[least, most]}
              ticks={sizes}
              allowDuplicatedCategory={false}
              tickFormatter={count}
              padding={{ left: 16, right: 8 }}
              tick={{ fill: 'var(--hone-muted)', fontSize: 13 }}
              stroke="var(--hone-line)"
              tickLine={false}
              height={48}
            >
              <Label
                value="training rows"
                position="insideBottomRight"
                offset={2}
                className={classes.axis ?? ''}
              />
            </XAxis>
            <ShareAxis />
            {drawn.map(({ key, points, mark, dash }) => (
              <Line
                key={key}
                data={points.map((point) => ({
                  ...point,
                  reach: [point.mean - point.low, point.high - point.mean],
                }))}
                dataKey="mean"
                type="linear"
                stroke={MARK_COLOURS[mark]}
                strokeWidth={2}
                strokeDasharray={dash}
                dot={({ key: dot, cx, cy }) => <PointMark key={dot} x={cx ?? 0} y={cy ?? 0} mark={mark} />}
                isAnimationActive={false}
              >
                <ErrorBar
                  dataKey="reach"
                  direction="y"
                  width={5}
                  strokeWidth={1.5}
                  stroke={MARK_COLOURS[mark]}
                  opacity={0.45}
                  isAnimationActive={false}
                />
              </Line>
            ))}
            {!narrow && <PointNames points={ends(drawn)} room={ROOM} />}
          </LineChart>
        </ResponsiveContainer>
      </div>
      {narrow && <Legend lines={drawn} />}
    </>
  );
}

/** Where there is no room beside the lines. */
function Legend({ lines }: { lines: readonly DrawnLine[] }) {
  return (
    <ul className={classes.legend}>
      {lines.map(({ key, name, mark, dash }) => (
        <li key={key}>
          <svg width="34" height="14" aria-hidden>
            <line
              x1="1"
              y1="7"
              x2="33"
              y2="7"
              stroke={MARK_COLOURS[mark]}
              strokeWidth="2"
              strokeDasharray={dash}
            />
            <PointMark x={17} y={7} mark={mark} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}

/** Where each line ends, with its name. */
function ends(lines: readonly ArmLine[]) {
  return lines.flatMap(({ key, name, points }) => {
    const end = points.at(-1);
    return end ? [{ key, text: name, x: end.rows, y: end.mean, reach: [end.low, end.high] as const }] : [];
  });
}
