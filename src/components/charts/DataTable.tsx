/** The twin of a chart: the same numbers as a table, to read aloud, to compare, to copy. */
import { ScrollArea, Table } from '@mantine/core';
import type { ReactNode } from 'react';

export interface DataTableProps {
  caption: string;
  columns: readonly ReactNode[];
  rows: readonly { key: string | number; cells: readonly ReactNode[] }[];
  maxHeight?: number;
}

export function DataTable({ caption, columns, rows, maxHeight = 320 }: DataTableProps) {
  return (
    <ScrollArea.Autosize
      mah={maxHeight}
      type="auto"
      viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': caption }}
    >
      <Table stickyHeader verticalSpacing={6}>
        <Table.Caption>{caption}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column, i) => (
              // Columns are fixed for a table's life, so the position names them.
              <Table.Th key={`column-${i + 1}`} scope="col">
                {column}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.key}>
              {row.cells.map((cell, i) => (
                <Table.Td key={`cell-${i + 1}`}>{cell}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}
