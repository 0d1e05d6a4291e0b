/** A value with its 95 % interval on a line from 0 to 100 %. A drawing only: the numbers stand beside it as text. */
import type { CSSProperties } from 'react';
import classes from './interval.module.css';

export type Mark = 'before' | 'after' | 'baseline';

interface IntervalBarProps {
  value: number;
  interval: readonly [number, number];
  /** before: slate diamond; after: ember circle; baseline: hollow square. */
  mark: Mark;
}

const at = (share: number): string => `${Math.min(1, Math.max(0, share)) * 100}%`;

export function IntervalBar({ value, interval: [low, high], mark }: IntervalBarProps) {
  const style = { '--low': at(low), '--high': at(high), '--value': at(value) } as CSSProperties;
  return (
    <div className={classes.interval} data-mark={mark} style={style} aria-hidden>
      <span className={classes.intervalReach} />
      <span className={classes.intervalDot} />
    </div>
  );
}

/** The scale that such lines share. */
export function PercentAxis() {
  return (
    <div className={classes.axis} aria-hidden>
      {[0, 50, 100].map((tick) => (
        <span key={tick} style={{ left: `${tick}%` }}>
          {tick}
          {tick === 100 ? ' %' : ''}
        </span>
      ))}
    </div>
  );
}
