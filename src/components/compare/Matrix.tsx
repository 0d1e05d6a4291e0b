/**
 * The confusion matrix as a grid: one stop for Tab, arrow keys inside, every filled cell a
 * button. True labels in rows,
 * answers in columns; both headers stay in sight while it scrolls.
 */
import { type CSSProperties, type KeyboardEvent, memo, useCallback, useRef, useState } from 'react';
import { plural } from '../common/format';
import type { Confusion } from './confusion';
import { entryOf, moveInGrid } from './gridKeys';
import classes from './matrix.module.css';
import type { Side } from './rows';

interface MatrixProps {
  confusion: Confusion;
  labels: readonly string[];
  side: Side;
  onOpen: (expected: number, predicted: number) => void;
  /** Smaller cells, for many labels. */
  dense: boolean;
}

export function Matrix({ confusion, labels, side, onOpen, dense }: MatrixProps) {
  const table = useRef<HTMLTableElement>(null);
  const [place, setPlace] = useState({ row: 0, column: 0 });
  const active = entryOf(confusion, place);
  const onKey = useCallback(
    (event: KeyboardEvent, row: number, column: number): void => {
      const next = moveInGrid(event.key, event.ctrlKey, { row, column }, confusion);
      if (!next) return;
      event.preventDefault();
      setPlace(next);
      table.current?.querySelector<HTMLButtonElement>(`[data-cell="${next.row} ${next.column}"]`)?.focus();
    },
    [confusion],
  );
  const when = side === 'after' ? 'after tuning' : 'before tuning';
  return (
    <div className={classes.matrixScroll} data-dense={dense || undefined}>
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the ARIA data grid pattern on a table */}
      <table ref={table} role="grid" className={classes.matrix} aria-label={`Confusion matrix ${when}`}>
        <thead>
          <tr>
            <th scope="col" className={classes.matrixCorner}>
              true ↓<br />
              answer →
            </th>
            {labels.map((label) => (
              <th key={label} scope="col" title={label}>
                <span className={classes.answerName}>{label}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {confusion.map((counts, row) => (
            <MatrixLine
              key={labels[row]}
              counts={counts}
              row={row}
              labels={labels}
              activeColumn={active.row === row ? active.column : null}
              onOpen={onOpen}
              onKey={onKey}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface MatrixLineProps {
  counts: readonly number[];
  row: number;
  labels: readonly string[];
  activeColumn: number | null;
  onOpen: (expected: number, predicted: number) => void;
  onKey: (event: KeyboardEvent, row: number, column: number) => void;
}

const MatrixLine = memo(function MatrixLine({
  counts,
  row,
  labels,
  activeColumn,
  onOpen,
  onKey,
}: MatrixLineProps) {
  const total = counts.reduce((sum, value) => sum + value, 0);
  const name = labels[row] ?? '';
  return (
    <tr>
      <th scope="row" title={name}>
        <span className={classes.trueName}>{name}</span>
      </th>
      {counts.map((value, column) => {
        const answer = labels[column] ?? '';
        const share = total === 0 ? 0 : value / total;
        return (
          <td
            key={answer}
            data-kind={value === 0 ? 'none' : row === column ? 'right' : 'wrong'}
            style={{ '--shade': `${Math.round(10 + share * 40)}%` } as CSSProperties}
          >
            {value === 0 ? (
              '·'
            ) : (
              <button
                type="button"
                data-cell={`${row} ${column}`}
                tabIndex={activeColumn === column ? 0 : -1}
                aria-label={`${plural(value, 'row')}: true ${name}, answered ${answer}`}
                onClick={() => onOpen(row, column)}
                onKeyDown={(event) => onKey(event, row, column)}
              >
                {value}
              </button>
            )}
          </td>
        );
      })}
    </tr>
  );
});
