/** Names beside the points of a chart, each with a thread to its point where it had to move. */
import { usePlotArea, useXAxisScale, useYAxisScale } from 'recharts';
import styles from './charts.module.css';
import { placeLabels } from './placeLabels';

interface PointNamesProps {
  /** Places in the units of the axes; `reach` = from where to where the bar through the point goes. */
  points: readonly { key: string; text: string; x: number; y: number; reach?: readonly [number, number] }[];
  /** Pixels right of the plot that a name may take. */
  room: number;
}

/** Pixels above and below that names keep free. */
const MARGIN = 8;

export function PointNames({ points, room }: PointNamesProps) {
  const [toX, toY, area] = [useXAxisScale(), useYAxisScale(), usePlotArea()];
  if (!toX || !toY || !area) return null;
  const spots = points.flatMap((point) => {
    const [x, y] = [toX(point.x), toY(point.y)];
    if (x === undefined || y === undefined) return [];
    const [low, high] = point.reach ?? [point.y, point.y];
    const bar = [Number(toY(high) ?? y), Number(toY(low) ?? y)] as const;
    return [{ ...point, x: Number(x), y: Number(y), bar }];
  });
  const right = area.x + area.width + room;
  return (
    <g aria-hidden>
      {placeLabels(spots, right, area.y + MARGIN, area.y + area.height - MARGIN).map(
        ({ key, text, x, y, labelX, labelY, anchor }) => (
          <g key={key}>
            {Math.abs(labelY - y) > 6 && (
              <line x1={x} y1={y} x2={labelX} y2={labelY} stroke="var(--hone-line-strong)" strokeWidth={1} />
            )}
            <text x={labelX} y={labelY + 4.5} textAnchor={anchor} className={styles.pointName}>
              {text}
            </text>
          </g>
        ),
      )}
    </g>
  );
}
