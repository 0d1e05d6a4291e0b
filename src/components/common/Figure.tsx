/** One number that matters, with what it counts: its n and its 95 % interval. */
import type { ReactNode } from 'react';
import classes from './common.module.css';
import { count, percent } from './format';
import { Term } from './Term';

interface FigureProps {
  /** What the number is; may hold a Term. */
  label: ReactNode;
  /** Formatted already. */
  value: string;
  /** Rows it was measured on. */
  n?: number;
  /** 95 % interval as shares of one. */
  interval?: readonly [number, number];
  /** One more line in small. */
  detail?: ReactNode;
  tone?: 'accent' | 'before' | 'ink';
  size?: 'lg' | 'md';
}

export function Figure({ label, value, n, interval, detail, tone = 'ink', size = 'md' }: FigureProps) {
  return (
    <div className={classes.figure}>
      <div className={classes.figureLabel}>{label}</div>
      <div className={classes.figureValue} data-tone={tone} data-size={size}>
        {value}
      </div>
      {(interval || n !== undefined) && (
        <div className={classes.figureDetail}>
          {interval && (
            <Term id="interval">
              {percent(interval[0])} to {percent(interval[1])}
            </Term>
          )}
          {interval && n !== undefined && ', '}
          {n !== undefined && `${count(n)} rows`}
        </div>
      )}
      {detail !== undefined && <div className={classes.figureDetail}>{detail}</div>}
    </div>
  );
}
