/** Rows per class, most first. */
import { Button, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useProject } from '../../state/project';
import { count } from '../common/format';
import classes from './data.module.css';

const FEW = 12;
/** More bars than this say nothing that the finding about rare classes does not. */
const MANY = 300;

export function ClassBars() {
  const all = useProject((project) => project.report?.classes);
  const [open, setOpen] = useState(false);
  if (!all || all.length === 0) return null;
  const sorted = [...all].sort((a, b) => b.count - a.count);
  const shown = sorted.slice(0, open ? MANY : FEW);
  const most = sorted[0]?.count ?? 1;
  return (
    <section className={classes.card} aria-labelledby="classes-title">
      <Title order={2} size="h4" id="classes-title">
        Rows per class
      </Title>
      <table className={classes.bars}>
        <thead className={classes.hidden}>
          <tr>
            <th>Class</th>
            <th>Rows</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ label, count: rows }) => (
            <tr key={label}>
              <th scope="row" title={label}>
                {label}
              </th>
              <td>
                <span className={classes.bar} style={{ width: `${(100 * rows) / most}%` }} />
                <span className={classes.barCount}>{count(rows)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {sorted.length > FEW && (
        <Button variant="subtle" size="compact-sm" onClick={() => setOpen(!open)}>
          {open ? 'Show fewer' : `Show ${sorted.length > MANY ? MANY : 'all'} of ${count(sorted.length)}`}
        </Button>
      )}
      {open && sorted.length > MANY && (
        <Text size="sm" c="dimmed">
          The {count(sorted.length - MANY)} rarest are not drawn.
        </Text>
      )}
    </section>
  );
}
