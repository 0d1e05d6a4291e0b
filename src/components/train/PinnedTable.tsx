/** 'What it says now': the same few validation rows after every check, and since when each is right. */
import { Title } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { memo } from 'react';
import type { PinnedRow, Plan } from '../../state/runReducer';
import { count, percent } from '../common/format';
import { Term } from '../common/Term';
import { rightSinceText } from './finding';
import styles from './train.module.css';

interface PinnedTableProps {
  pinned: readonly PinnedRow[];
  plan: Plan | null;
}

/** Drawn again at each check only, not at each step. */
export const PinnedTable = memo(function PinnedTable({ pinned, plan }: PinnedTableProps) {
  if (!plan || pinned.length === 0) return null;
  const nameOf = (index: number): string => plan.classes[index] ?? `class ${index + 1}`;
  return (
    <section className={`hone-card ${styles.pinned}`} aria-labelledby="pinned-title">
      <Title order={2} size="h3" id="pinned-title">
        What it says now
      </Title>
      <p className={styles.pinnedLead}>
        The same {count(pinned.length)} <Term id="validation-rows">rows it does not learn from</Term>, asked
        again at every check.
      </p>
      <table className={styles.pinnedTable}>
        <thead>
          <tr>
            <th scope="col">Text</th>
            <th scope="col">Right answer</th>
            <th scope="col">
              <Term id="zero-shot">Before</Term>
            </th>
            <th scope="col">
              Now, and how <Term id="confidence">sure</Term>
            </th>
            <th scope="col">Right since</th>
          </tr>
        </thead>
        <tbody>
          {pinned.map((row) => (
            <Row key={row.line} row={row} nameOf={nameOf} />
          ))}
        </tbody>
      </table>
    </section>
  );
});

function Row({ row, nameOf }: { row: PinnedRow; nameOf: (index: number) => string }) {
  const now = row.history.at(-1);
  const previous = row.history.at(-2)?.predicted ?? row.before;
  const changed = now !== undefined && now.predicted !== previous;
  return (
    <tr data-changed={changed || undefined}>
      <td className={styles.pinnedCell} data-label="Text">
        <div className={styles.pinnedText} title={row.text}>
          {row.text}
        </div>
      </td>
      <td data-label="Right answer">{nameOf(row.expected)}</td>
      <td data-label="Before">
        <Answer name={nameOf(row.before)} right={row.before === row.expected} tone="before" />
      </td>
      <td data-label="Now">
        {now ? (
          <div>
            <Answer name={nameOf(now.predicted)} right={now.predicted === row.expected} tone="after" />{' '}
            <span className={styles.pinnedConfidence}>{percent(now.confidence)}</span>
            {changed && <span className={styles.pinnedChanged}>just changed</span>}
          </div>
        ) : (
          <span className={styles.quiet}>not asked yet</span>
        )}
      </td>
      <td data-label="Right since">
        <span className={row.rightSince === null ? styles.quiet : undefined}>{rightSinceText(row)}</span>
      </td>
    </tr>
  );
}

function Answer({ name, right, tone }: { name: string; right: boolean; tone: 'before' | 'after' }) {
  return (
    <span className={styles.answer} data-tone={tone} data-right={right}>
      {right ? <IconCheck size={15} aria-label="right:" /> : <IconX size={15} aria-label="wrong:" />}
      {name}
    </span>
  );
}
