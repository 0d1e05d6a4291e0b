/** A virtual table: any number of rows, only those on the screen drawn. Roles are chosen in the column headers. */
import { Modal, Text, UnstyledButton } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, useEffect, useRef, useState } from 'react';
import { useProject } from '../../state/project';
import type { DataSummary } from '../../workers/protocol';
import { ErrorCard } from '../common/ErrorCard';
import { count } from '../common/format';
import { ColumnHeader } from './ColumnHeader';
import classes from './data.module.css';
import { type TableRow, useRows } from './useRows';
import type { TableView } from './useTableView';

const ROW_HEIGHT = 54;

interface RowsTableProps {
  table: TableView;
  summary: DataSummary;
}

export function RowsTable({ table, summary }: RowsTableProps) {
  const roles = useProject((project) => project.roles);
  const rows = useRows(table.view, table.key, summary.rows);
  const scroller = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<TableRow | null>(null);
  const virtualizer = useVirtualizer({
    count: rows.total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const { want } = rows;
  useEffect(() => want(first, last), [want, first, last]);

  const { columns } = summary;
  const grid = { '--grid': gridTemplate(columns, roles?.text) } as CSSProperties;
  if (rows.error) return <ErrorCard error={rows.error} />;
  return (
    <>
      <section ref={scroller} className={classes.scroller} style={grid} aria-label="Preview of the rows">
        <table aria-label="Rows of the file" aria-rowcount={rows.total + 1} className={classes.table}>
          <thead className={classes.head}>
            <tr aria-rowindex={1} className={classes.headerRow}>
              <th scope="col" className={classes.headerCell}>
                Line
              </th>
              {columns.map((column) => (
                <ColumnHeader key={column} column={column} />
              ))}
            </tr>
          </thead>
          <tbody className={classes.body} style={{ height: virtualizer.getTotalSize() }}>
            {items.map((item) => (
              <Row
                key={item.key}
                index={item.index}
                top={item.start}
                row={rows.row(item.index)}
                columns={columns}
                onShow={setShown}
              />
            ))}
          </tbody>
        </table>
      </section>
      <Modal
        opened={shown !== null}
        onClose={() => setShown(null)}
        title={shown ? `Line ${count(shown.line)}` : ''}
        size="lg"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <dl className={classes.whole}>
          {columns.map((column, i) => (
            <div key={column}>
              <dt>{column}</dt>
              <dd>{shown?.cells[i] || <Text c="dimmed">empty</Text>}</dd>
            </div>
          ))}
        </dl>
      </Modal>
    </>
  );
}

interface RowProps {
  index: number;
  top: number;
  row: TableRow | undefined;
  columns: readonly string[];
  onShow: (row: TableRow) => void;
}

function Row({ index, top, row, columns, onShow }: RowProps) {
  return (
    <tr
      aria-rowindex={index + 2}
      className={classes.row}
      style={{ height: ROW_HEIGHT, transform: `translateY(${top}px)` }}
    >
      <td className={classes.lineCell}>
        {row && (
          <UnstyledButton
            className={classes.line}
            aria-label={`Line ${row.line}: show the whole row`}
            onClick={() => onShow(row)}
          >
            {count(row.line)}
          </UnstyledButton>
        )}
      </td>
      {columns.map((column, i) => (
        <td key={column} className={classes.cell}>
          {row ? (
            <span className={classes.clamp}>{row.cells[i]?.slice(0, 400)}</span>
          ) : (
            <i className={classes.ghost} />
          )}
        </td>
      ))}
    </tr>
  );
}

/** The text column takes what is left; the others stay narrow. */
function gridTemplate(columns: readonly string[], text: string | undefined): string {
  const widths = columns.map((column) => (column === text ? 'minmax(280px, 4fr)' : 'minmax(132px, 1fr)'));
  return ['72px', ...widths].join(' ');
}
