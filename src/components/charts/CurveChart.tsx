/** Curves over training steps. Plain data in; colours come from the theme, and dash and shape say the same again. */
import {
  CartesianGrid,
  ComposedChart,
  Label,
  Line,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { count } from '../common/format';
import { CurveTooltip } from './CurveTooltip';
import styles from './charts.module.css';
import type { Curve, CurveRow } from './curveData';
import { niceTicks, roundTicks } from './curveData';

export interface Zone {
  from: number;
  to: number;
  /** What the shaded part means; stands on the chart. */
  sentence: string;
}

export interface Flag {
  step: number;
  value: number;
  label: string;
}

export interface CurveChartProps {
  rows: readonly CurveRow[];
  curves: readonly Curve[];
  /** Read to people who do not see the chart. */
  description: string;
  yLabel: string;
  formatY: (value: number) => string;
  /** Axis end: the planned steps while a run is under way, so that the empty part shows what is left. */
  lastStep: number;
  /** Fixed top of the axis (1 for shares); else it follows the data. */
  yTop?: number;
  logarithmic?: boolean;
  zones?: readonly Zone[];
  flag?: Flag | null;
  height?: number;
}

const NO_ZONES: readonly Zone[] = [];
const RIGHT = 16;
const Y_WIDTH = 58;

export function CurveChart({
  rows,
  curves,
  description,
  yLabel,
  formatY,
  lastStep,
  yTop,
  logarithmic = false,
  zones = NO_ZONES,
  flag = null,
  height = 320,
}: CurveChartProps) {
  const told = zones.at(-1);
  const ticks = niceTicks(yTop ?? highest(rows, curves));
  const linear = { scale: 'linear', domain: [0, ticks.at(-1) ?? 1], ticks } as const;
  return (
    <div className={styles.plot}>
      {told && <ZoneNote zone={told} lastStep={lastStep} />}
      <div style={{ height }}>
        <ResponsiveContainer width="100%" height="100%">
          <ComposedChart
            data={[...rows]}
            margin={{ top: 30, right: RIGHT, bottom: 0, left: 0 }}
            accessibilityLayer
            aria-label={description}
          >
            <defs>
              <pattern
                id="hone-zone"
                width="7"
                height="7"
                patternUnits="userSpaceOnUse"
                patternTransform="rotate(45)"
              >
                <rect width="7" height="7" fill="var(--hone-warning)" opacity="0.1" />
                <line
                  x1="0"
                  y1="0"
                  x2="0"
                  y2="7"
                  stroke="var(--hone-warning)"
                  strokeWidth="1.5"
                  opacity="0.35"
                />
              </pattern>
            </defs>
            <CartesianGrid vertical={false} stroke="var(--hone-line)" />
            <XAxis
              dataKey="step"
              type="number"
              domain={[0, Math.max(1, lastStep)]}
              ticks={roundTicks(lastStep)}
              tickFormatter={count}
              tick={{ fill: 'var(--hone-muted)', fontSize: 13 }}
              stroke="var(--hone-line)"
              tickLine={false}
              height={44}
            >
              <Label value="step" position="insideBottomRight" offset={4} className={styles.axis ?? ''} />
            </XAxis>
            <YAxis
              width={Y_WIDTH}
              {...(logarithmic ? LOGARITHMIC : linear)}
              tickFormatter={formatY}
              tick={{ fill: 'var(--hone-muted)', fontSize: 13 }}
              axisLine={false}
              tickLine={false}
            >
              <Label
                value={yLabel}
                position="top"
                offset={10}
                dx={-Y_WIDTH / 2 + 4}
                textAnchor="start"
                className={styles.axis ?? ''}
              />
            </YAxis>
            {zones.map((zone) => (
              <ReferenceArea
                key={zone.from}
                x1={zone.from}
                x2={Math.max(zone.to, zone.from)}
                fill="url(#hone-zone)"
                fillOpacity={1}
                ifOverflow="hidden"
              />
            ))}
            <Tooltip
              isAnimationActive={false}
              content={<CurveTooltip curves={curves} formatY={formatY} />}
              cursor={{ stroke: 'var(--hone-muted)', strokeWidth: 1 }}
            />
            {curves.map((curve) => (
              <Line
                key={curve.key}
                dataKey={curve.key}
                name={curve.label}
                type="linear"
                stroke={curve.colour}
                strokeWidth={curve.look === 'faint' ? 1 : 2}
                strokeOpacity={curve.look === 'faint' ? 0.3 : 1}
                {...(curve.look === 'points' ? { strokeDasharray: '6 4' } : {})}
                dot={
                  curve.look === 'points'
                    ? ({ key, cx, cy, stroke, payload }) => (
                        <CheckDot key={key} {...{ cx, cy, stroke, payload }} flagged={flag?.step} />
                      )
                    : false
                }
                activeDot={curve.look === 'faint' ? false : { r: 5 }}
                connectNulls
                isAnimationActive={false}
              />
            ))}
            {flag && (
              <ReferenceLine x={flag.step} stroke="var(--hone-ink)" strokeDasharray="2 3" ifOverflow="hidden">
                <Label content={<FlagMark text={flag.label} lastStep={lastStep} step={flag.step} />} />
              </ReferenceLine>
            )}
          </ComposedChart>
        </ResponsiveContainer>
      </div>
    </div>
  );
}

interface DotProps {
  cx: number | undefined;
  cy: number | undefined;
  stroke: string | undefined;
  payload: CurveRow | undefined;
  flagged: number | undefined;
}

/** A ring at each check; the flagged one is filled with ink. */
function CheckDot({ cx, cy, stroke, payload, flagged }: DotProps) {
  if (cx === undefined || cy === undefined || !payload) return null;
  const best = payload.step === flagged;
  return (
    <circle
      cx={cx}
      cy={cy}
      r={best ? 5.5 : 3.5}
      fill={best ? 'var(--hone-ink)' : 'var(--hone-surface)'}
      stroke={best ? 'var(--hone-surface)' : stroke}
      strokeWidth={2}
    />
  );
}

const LOGARITHMIC = { scale: 'log', domain: ['auto', 'auto'] } as const;

function highest(rows: readonly CurveRow[], curves: readonly Curve[]): number {
  let top = 0;
  for (const row of rows) for (const { key } of curves) top = Math.max(top, row[key] ?? 0);
  return top;
}

/** Stands above the plot and starts where the shaded part does, or ends with it where there is more room. */
function ZoneNote({ zone, lastStep }: { zone: Zone; lastStep: number }) {
  const late = zone.from > lastStep * 0.4;
  const start = lastStep > 0 ? (zone.from / lastStep) * 100 : 0;
  return (
    <p
      className={styles.zoneNote}
      data-late={late || undefined}
      style={late ? { marginRight: RIGHT } : { marginLeft: `calc(${Y_WIDTH}px + ${start * 0.85}%)` }}
    >
      {zone.sentence}
    </p>
  );
}

interface FlagMarkProps {
  text: string;
  step: number;
  lastStep: number;
  /** Given by Recharts. */
  viewBox?: { x?: number; y?: number };
}

/** A small pennant on a pole at the best step; it points left where the right edge is near. */
function FlagMark({ text, step, lastStep, viewBox }: FlagMarkProps) {
  const x = viewBox?.x ?? 0;
  const y = viewBox?.y ?? 0;
  const left = step > lastStep * 0.7;
  const side = left ? -1 : 1;
  return (
    <g>
      <path d={`M${x} ${y - 14} l${9 * side} 4 l${-9 * side} 4 z`} fill="var(--hone-ink)" />
      <line x1={x} y1={y - 15} x2={x} y2={y} stroke="var(--hone-ink)" strokeWidth={1.5} />
      <text
        x={x + 13 * side}
        y={y - 6}
        fontSize={13}
        fontWeight={550}
        textAnchor={left ? 'end' : 'start'}
        fill="var(--hone-ink)"
      >
        {text}
      </text>
    </g>
  );
}
