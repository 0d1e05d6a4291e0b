/** How long the texts are, against what the model will read of them. */
import { Text, Title } from '@mantine/core';
import { useProject } from '../../state/project';
import { count, percent } from '../common/format';
import { Term } from '../common/Term';
import classes from './data.module.css';

export function LengthBars() {
  const lengths = useProject((project) => project.report?.lengths);
  if (!lengths || lengths.histogram.length === 0) return null;
  const { histogram, limit, truncatedShare } = lengths;
  const most = Math.max(1, ...histogram.map((bucket) => bucket.count));
  return (
    <section className={classes.card} aria-labelledby="lengths-title">
      <Title order={2} size="h4" id="lengths-title">
        {truncatedShare === 0
          ? 'Every text is read whole'
          : `${percent(truncatedShare)} of the texts are cut`}
      </Title>
      <Text size="sm" c="dimmed" component="div">
        Length in <Term id="token">tokens</Term>; the model reads up to{' '}
        <Term id="max-length">{count(limit)}</Term>, which can be changed under Method.
        {truncatedShare > 0 && ' Striped: longer than that.'}
      </Text>
      <table className={classes.columnsChart}>
        <caption className={classes.hidden}>Texts by length in tokens</caption>
        <thead className={classes.hidden}>
          <tr>
            <th>Length</th>
            <th>Texts</th>
          </tr>
        </thead>
        <tbody>
          {histogram.map((bucket) => (
            <tr
              key={bucket.from}
              title={`${bucket.from} to ${bucket.to} tokens: ${count(bucket.count)} texts`}
            >
              <th scope="row" className={classes.hidden}>
                {bucket.from} to {bucket.to}
              </th>
              <td>
                <span
                  className={classes.column}
                  data-cut={bucket.from >= limit || undefined}
                  style={{ height: `${Math.max(bucket.count === 0 ? 0 : 3, (100 * bucket.count) / most)}%` }}
                />
                <span className={classes.hidden}>{count(bucket.count)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className={classes.axis} aria-hidden>
        <span>{histogram[0]?.from}</span>
        <span>{histogram.at(-1)?.to} tokens</span>
      </div>
      <Text size="sm" c="dimmed">
        Half are under {count(lengths.median)}, nine in ten under {count(lengths.p90)}, the longest has{' '}
        {count(lengths.max)}.
      </Text>
    </section>
  );
}
