/** Every label for itself: precision, recall with its interval, and F1, before → after. Sortable by each. */
import { Button, Table, UnstyledButton } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp, IconCheck, IconCopy } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { wilson } from '../../engine/evaluation/significance';
import { count, plural } from '../common/format';
import { Section } from '../common/Section';
import { Term } from '../common/Term';
import classes from './classTable.module.css';
import { classTableText } from './classTableText';
import { type ClassColumn, type ClassOrder, type ClassRow, classRows, sortClassRows } from './perClass';
import type { TestRow } from './rows';
import shared from './shared.module.css';
import { rangeText, wholePercent } from './shareText';

interface ClassTableProps {
  rows: readonly TestRow[];
  labels: readonly string[];
}

export function ClassTable({ rows, labels }: ClassTableProps) {
  const table = useMemo(() => classRows(rows, labels), [rows, labels]);
  const [order, setOrder] = useState<ClassOrder>({ column: 'f1', descending: false });
  const sorted = useMemo(() => sortClassRows(table, order), [table, order]);
  const clipboard = useClipboard({ timeout: 2000 });
  const sortBy = (column: ClassColumn): void =>
    setOrder({ column, descending: order.column === column ? !order.descending : column !== 'name' });
  const head = (column: ClassColumn, content: ReactNode): ReactNode => (
    <SortHead column={column} order={order} onSort={sortBy}>
      {content}
    </SortHead>
  );
  return (
    <Section
      title={titleOf(table)}
      lead="Before → after, on the test rows of each label. With few rows a share says little: look at its interval."
      tools={
        <Button
          variant="default"
          size="sm"
          leftSection={
            clipboard.copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />
          }
          onClick={() => clipboard.copy(classTableText(sorted))}
        >
          {clipboard.copied ? 'Copied' : 'Copy table'}
        </Button>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className={classes.tableScroll} tabIndex={0} aria-label="Scores of each label">
        <Table stickyHeader horizontalSpacing={8} className={classes.classTable}>
          <Table.Thead>
            <Table.Tr>
              {head('name', 'Label')}
              {head('n', 'Rows')}
              {head('precision', <Term id="precision">Precision</Term>)}
              {head('recall', <Term id="recall">Recall</Term>)}
              <Table.Th scope="col" className={shared.number}>
                <Term id="interval">Recall between</Term>
              </Table.Th>
              {head('f1', 'F1')}
              {head('change', 'Change')}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sorted.map((row) => (
              <ClassLine key={row.label} row={row} />
            ))}
          </Table.Tbody>
        </Table>
      </section>
    </Section>
  );
}

function titleOf(table: readonly ClassRow[]): string {
  const scored = table.filter((row) => row.n > 0);
  const better = scored.filter((row) => row.after.f1 > row.before.f1).length;
  const worse = scored.filter((row) => row.after.f1 < row.before.f1).length;
  return `Label by label: ${plural(better, 'label')} better, ${count(worse)} worse, ${count(scored.length - better - worse)} the same`;
}

interface SortHeadProps {
  column: ClassColumn;
  order: ClassOrder;
  onSort: (column: ClassColumn) => void;
  children: ReactNode;
}

const SORT_NAMES: Record<ClassColumn, string> = {
  name: 'label',
  n: 'test rows',
  precision: 'precision',
  recall: 'recall',
  f1: 'F1',
  change: 'F1 change',
};

function SortHead({ column, order, onSort, children }: SortHeadProps) {
  const active = order.column === column;
  const Arrow = order.descending ? IconArrowDown : IconArrowUp;
  return (
    <Table.Th
      scope="col"
      className={column === 'name' ? '' : shared.number}
      aria-sort={active ? (order.descending ? 'descending' : 'ascending') : 'none'}
    >
      <span className={classes.sortHead}>
        {children}
        <UnstyledButton
          className={classes.sort}
          data-active={active || undefined}
          aria-label={`Sort by ${SORT_NAMES[column]}`}
          onClick={() => onSort(column)}
        >
          <Arrow size={14} aria-hidden />
        </UnstyledButton>
      </span>
    </Table.Th>
  );
}

function ClassLine({ row }: { row: ClassRow }) {
  const { name, n, before, after } = row;
  if (n === 0) return <UnscoredLine name={name} />;
  const change = after.f1 - before.f1;
  return (
    <Table.Tr>
      <Table.Th scope="row">{name}</Table.Th>
      <Table.Td className={shared.number}>{count(n)}</Table.Td>
      <Change before={before.precision} after={after.precision} />
      <Change before={before.recall} after={after.recall} />
      <Table.Td className={shared.number}>{rangeText(wilson(after.hits, n), 0)}</Table.Td>
      <Change before={before.f1} after={after.f1} />
      <Table.Td className={shared.number} data-change={Math.sign(change)}>
        {change === 0 ? 'same' : `${change > 0 ? '▲ +' : '▼ −'}${wholePercent(Math.abs(change))}`}
      </Table.Td>
    </Table.Tr>
  );
}

function UnscoredLine({ name }: { name: string }) {
  return (
    <Table.Tr>
      <Table.Th scope="row">{name}</Table.Th>
      <Table.Td className={shared.number}>0</Table.Td>
      <Table.Td colSpan={5} className={classes.beforeValue}>
        No test row carries this label, so it has no score.
      </Table.Td>
    </Table.Tr>
  );
}

function Change({ before, after }: { before: number; after: number }) {
  return (
    <Table.Td className={shared.number}>
      <span className={classes.beforeValue}>{wholePercent(before)}</span>
      <span aria-hidden> → </span>
      <strong>{wholePercent(after)} %</strong>
    </Table.Td>
  );
}
