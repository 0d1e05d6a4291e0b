/** The table with its caption: which rows it shows, and the way back to all of them. */
import { Button, Text } from '@mantine/core';
import { useProject } from '../../state/project';
import { count } from '../common/format';
import classes from './data.module.css';
import { ManyColumns } from './ManyColumns';
import { COLUMNS_SHOWN, RowsTable } from './RowsTable';
import type { TableView } from './useTableView';

export function TableCard({ table }: { table: TableView }) {
  const summary = useProject((project) => project.summary);
  if (!summary) return null;
  return (
    <section className={classes.tableCard} aria-label="Rows" id="rows">
      <div className={classes.tableHead}>
        <Text size="sm" c="dimmed" aria-live="polite">
          {table.title === null
            ? `All ${count(summary.rows)} rows that could be read`
            : `Rows of: ${table.title}`}
        </Text>
        {table.title !== null && (
          <Button variant="default" size="compact-sm" onClick={table.showAll}>
            Show all rows
          </Button>
        )}
      </div>
      {summary.columns.length > COLUMNS_SHOWN && <ManyColumns columns={summary.columns} />}
      <RowsTable key={table.key} table={table} summary={summary} />
    </section>
  );
}
