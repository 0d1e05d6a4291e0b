/** A way's mark on a chart, of the same shape as on the bars of the table. */
import type { Mark } from '../compare/IntervalBar';
import { MARK_COLOURS } from './marks';

export function PointMark({ x, y, mark }: { x: number; y: number; mark: Mark }) {
  const colour = MARK_COLOURS[mark];
  switch (mark) {
    case 'after':
      return <circle cx={x} cy={y} r={6} fill={colour} stroke="var(--hone-surface)" strokeWidth={1.5} />;
    case 'before':
      return (
        <path
          d={`M${x} ${y - 7} l7 7 l-7 7 l-7 -7 z`}
          fill={colour}
          stroke="var(--hone-surface)"
          strokeWidth={1.5}
        />
      );
    case 'baseline':
      return (
        <rect
          x={x - 5}
          y={y - 5}
          width={10}
          height={10}
          fill="var(--hone-surface)"
          stroke={colour}
          strokeWidth={2}
        />
      );
    default:
      return mark satisfies never;
  }
}
