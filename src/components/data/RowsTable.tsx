/** A virtual table: any number of rows, only those on the screen drawn. Roles are chosen in the column headers. */
import { Modal, Text, UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, memo, useEffect, useMemo, useRef, useState } from 'react';
import type { ColumnRoles } from '../../engine/core/config';
import { useProject } from '../../state/project';
import type { DataSummary } from '../../workers/protocol';
import { ErrorCard } from '../common/ErrorCard';
import { count } from '../common/format';
import { ColumnHeader } from './ColumnHeader';
import classes from './data.module.css';
import { type TableRow, useRows } from './useRows';
import type { TableView } from './useTableView';

const ROW_HEIGHT = 54;
const LINE_WIDTH = 72;
const MANY_COLUMNS = 6;
/** Drawing thousands of columns would stop the page; roles can be given to the others above the table. */
export const COLUMNS_SHOWN = 40;

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
    overscan: 8,
    useFlushSync: false,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const { want } = rows;
  useEffect(() => want(first, last), [want, first, last]);

  const { columns } = summary;
  const narrow = useMediaQuery('(max-width: 900px)');
  const order = useMemo(
    () => displayOrder(columns, roles, narrow ? 2 : MANY_COLUMNS),
    [columns, roles, narrow],
  );
  const grid = gridOf(
    order.map((i) => columns[i] ?? ''),
    roles,
  );
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
              {order.map((i) => (
                <ColumnHeader key={i} column={columns[i] ?? ''} />
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
                order={order}
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
          {order.map((i) => (
            <div key={i}>
              <dt>{columns[i]}</dt>
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
  /** Indices into the row's cells, in the order shown. */
  order: readonly number[];
  onShow: (row: TableRow) => void;
}

/** Unchanged rows are not drawn again while scrolling. */
const Row = memo(function Row({ index, top, row, order, onShow }: RowProps) {
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
      {order.map((i) => (
        <td key={i} className={classes.cell}>
          {row ? (
            <span className={classes.clamp}>{row.cells[i]?.slice(0, 400)}</span>
          ) : (
            <i className={classes.ghost} />
          )}
        </td>
      ))}
    </tr>
  );
});

/** Column widths: each at least so wide that its role can be read; the text takes what is left over. */
function gridOf(shown: readonly string[], roles: ColumnRoles | null): CSSProperties {
  const least = shown.map((column) => (column === roles?.text ? 260 : column === roles?.label ? 172 : 120));
  const tracks = shown.map((column, i) => `minmax(${least[i]}px, ${column === roles?.text ? 4 : 1}fr)`);
  const width = least.reduce((sum, px) => sum + px, LINE_WIDTH);
  return { '--grid': `${LINE_WIDTH}px ${tracks.join(' ')}`, '--width': `${width}px` } as CSSProperties;
}

/** The file's own order; where not all columns fit, the two that matter come first, where they are seen. */
function displayOrder(columns: readonly string[], roles: ColumnRoles | null, many: number): number[] {
  const order = columns.map((_, i) => i);
  if (columns.length <= many || !roles) return order.slice(0, COLUMNS_SHOWN);
  const rank = (i: number): number => (columns[i] === roles.text ? 0 : columns[i] === roles.label ? 1 : 2);
  return order.sort((a, b) => rank(a) - rank(b) || a - b).slice(0, COLUMNS_SHOWN);
}
