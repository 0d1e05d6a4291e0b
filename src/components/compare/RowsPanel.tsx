/** The test rows one by one: what was fixed first, then broken, still wrong, all. */
import { Badge, Button, CloseButton, Pagination, Select, Tabs, Text, TextInput } from '@mantine/core';
import { IconDownload, IconSearch } from '@tabler/icons-react';
import { type Ref, useDeferredValue, useMemo, useState } from 'react';
import { count, plural } from '../common/format';
import { Section } from '../common/Section';
import { Term } from '../common/Term';
import { RowItem } from './RowItem';
import {
  type CellFilter,
  countOutcomes,
  type RowOrder,
  type RowsQuery,
  type RowsTab,
  selectRows,
  type TestRow,
} from './rows';
import classes from './rows.module.css';

const PAGE = 10;

const EMPTY: Record<RowsTab, string> = {
  fixed: 'Tuning fixed none of the test rows.',
  broken: 'Tuning broke none of the test rows.',
  wrong: 'No test row is wrong both before and after.',
  all: 'There are no test rows.',
};

const ORDERS: { value: RowOrder; label: string }[] = [
  { value: 'file', label: 'As in the file' },
  { value: 'surest', label: 'Surest answer first' },
  { value: 'least-sure', label: 'Least sure answer first' },
];

interface RowsPanelProps {
  rows: readonly TestRow[];
  labels: readonly string[];
  query: RowsQuery;
  onQuery: (query: RowsQuery) => void;
  onDownload: () => void;
  headingRef: Ref<HTMLHeadingElement>;
}

export function RowsPanel({ rows, labels, query, onQuery, onDownload, headingRef }: RowsPanelProps) {
  const counts = useMemo(() => countOutcomes(rows), [rows]);
  const search = useDeferredValue(query.search);
  const found = useMemo(() => selectRows(rows, labels, { ...query, search }), [rows, labels, query, search]);
  const tabs: { value: RowsTab; label: string; count: number }[] = [
    { value: 'fixed', label: 'Fixed', count: counts.fixed },
    { value: 'broken', label: 'Broken', count: counts.broken },
    { value: 'wrong', label: 'Still wrong', count: counts.wrong },
    { value: 'all', label: 'All', count: rows.length },
  ];
  return (
    <Section
      ref={headingRef}
      title="Row by row"
      lead={
        <>
          Every test row with both answers and how <Term id="confidence">sure</Term> the model is of each.
        </>
      }
      tools={
        <Button
          variant="default"
          size="sm"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={onDownload}
        >
          Predictions (CSV)
        </Button>
      }
    >
      <Tabs
        value={query.tab}
        onChange={(tab) => {
          const chosen = tabs.find(({ value }) => value === tab);
          if (chosen) onQuery({ ...query, tab: chosen.value });
        }}
        keepMounted={false}
      >
        <Tabs.List aria-label="Which rows">
          {tabs.map(({ value, label, count: size }) => (
            <Tabs.Tab key={value} value={value}>
              {label} <span className={classes.tabCount}>{count(size)}</span>
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <div className={classes.rowTools}>
          <TextInput
            aria-label="Find in text or labels"
            placeholder="Find in text or labels"
            leftSection={<IconSearch size={16} aria-hidden />}
            value={query.search}
            onChange={(event) => onQuery({ ...query, search: event.currentTarget.value })}
            rightSection={
              query.search === '' ? null : (
                <CloseButton
                  size="sm"
                  aria-label="Clear the search"
                  onClick={() => onQuery({ ...query, search: '' })}
                />
              )
            }
          />
          <Select
            aria-label="Order of the rows"
            data={ORDERS}
            value={query.order}
            allowDeselect={false}
            onChange={(value) => onQuery({ ...query, order: orderOf(value) })}
          />
        </div>
        {query.cell && (
          <CellChip cell={query.cell} labels={labels} onClear={() => onQuery({ ...query, cell: null })} />
        )}
        <Tabs.Panel value={query.tab}>
          <RowPages
            key={`${query.tab} ${query.order} ${search} ${JSON.stringify(query.cell)}`}
            rows={found}
            labels={labels}
            showOutcome={query.tab === 'all'}
            empty={search.trim() === '' && !query.cell ? EMPTY[query.tab] : 'No row here matches.'}
          />
        </Tabs.Panel>
      </Tabs>
    </Section>
  );
}

function orderOf(value: string | null): RowOrder {
  return ORDERS.find((order) => order.value === value)?.value ?? 'file';
}

interface CellChipProps {
  cell: CellFilter;
  labels: readonly string[];
  onClear: () => void;
}

function CellChip({ cell, labels, onClear }: CellChipProps) {
  const when = cell.side === 'before' ? 'before' : 'after';
  return (
    <div className={classes.cellChip}>
      <Badge variant="default" size="lg" className={classes.chip}>
        true “{labels[cell.expected]}”, answered “{labels[cell.predicted]}” {when} tuning
      </Badge>
      <Button size="compact-sm" variant="subtle" onClick={onClear}>
        Show all rows again
      </Button>
    </div>
  );
}

interface RowPagesProps {
  rows: readonly TestRow[];
  labels: readonly string[];
  empty: string;
  showOutcome: boolean;
}

/** Remounted when the question changes, so that a new answer starts at its first page. */
function RowPages({ rows, labels, empty, showOutcome }: RowPagesProps) {
  const [page, setPage] = useState(1);
  const pages = Math.ceil(rows.length / PAGE);
  if (rows.length === 0) {
    return (
      <Text c="dimmed" className={classes.noRows} role="status">
        {empty}
      </Text>
    );
  }
  const start = (page - 1) * PAGE;
  return (
    <>
      <div className={classes.rowHead} aria-hidden>
        <span>Text</span>
        <span>True label</span>
        <span>Before</span>
        <span>After</span>
      </div>
      <ol className={classes.rows} start={start + 1}>
        {rows.slice(start, start + PAGE).map((row) => (
          <RowItem key={row.index} row={row} labels={labels} showOutcome={showOutcome} />
        ))}
      </ol>
      <div className={classes.pages}>
        <Text size="sm" c="dimmed" role="status">
          {pages > 1
            ? `Rows ${count(start + 1)} to ${count(Math.min(start + PAGE, rows.length))} of ${count(rows.length)}`
            : plural(rows.length, 'row')}
        </Text>
        {pages > 1 && (
          <Pagination
            size="sm"
            total={pages}
            value={page}
            onChange={setPage}
            siblings={1}
            getItemProps={(item) => ({ 'aria-label': `Page ${item}` })}
            getControlProps={(control) => ({
              'aria-label':
                control === 'next' ? 'Next page' : control === 'previous' ? 'Previous page' : control,
            })}
          />
        )}
      </div>
    </>
  );
}
