import { Label, YAxis } from 'recharts';
import classes from '../charts/charts.module.css';

/** Shares of test rows from none to all. */
export function ShareAxis({ dataKey }: { dataKey?: string }) {
  return (
    <YAxis
      {...(dataKey === undefined ? {} : { dataKey })}
      width={58}
      domain={[0, 1]}
      ticks={[0, 0.2, 0.4, 0.6, 0.8, 1]}
      tickFormatter={(share: number) => `${Math.round(share * 100)} %`}
      tick={{ fill: 'var(--hone-muted)', fontSize: 13 }}
      axisLine={false}
      tickLine={false}
    >
      <Label
        value="right on test rows"
        position="top"
        offset={10}
        dx={-25}
        textAnchor="start"
        className={classes.axis ?? ''}
      />
    </YAxis>
  );
}
