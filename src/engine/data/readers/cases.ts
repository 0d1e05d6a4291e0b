/** Test support: a file as text or bytes, and the table it must become. */
import { expect } from 'vitest';
import type { ImportOptions } from '../../core/config';
import { readTable } from '../read';
import type { Table } from '../table';

export interface Case {
  name: string;
  data: string | Uint8Array;
  file?: string;
  options?: Partial<ImportOptions>;
  columns: string[];
  rows: string[][];
  lines?: number[];
  rejected?: [line: number, code: string][];
  found?: Partial<ImportOptions>;
  note?: RegExp;
}

export const TEXT_LABEL = ['text', 'label'];
export const TWO = [
  ['hello', 'greet'],
  ['bye', 'part'],
];

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export function read(
  data: string | Uint8Array,
  name = 'data.csv',
  options: Partial<ImportOptions> | null = null,
): Promise<Table> {
  return readTable(typeof data === 'string' ? utf8(data) : data, name, options, () => {});
}

export async function expectTable(wanted: Case): Promise<void> {
  const { data, file, options, columns, rows, lines, rejected, found, note } = wanted;
  const table = await read(data, file, options ?? null);
  expect(table.columns).toEqual(columns);
  expect(table.rows).toEqual(rows);
  if (lines !== undefined) expect(table.lines).toEqual(lines);
  expect(table.lines).toHaveLength(rows.length);
  expect(table.rejected.map(({ line, code }) => [line, code])).toEqual(rejected ?? []);
  for (const row of table.rejected) expect(row.reason.length * row.raw.length).toBeGreaterThan(0);
  expect(table.options).toMatchObject(found ?? {});
  if (note !== undefined) expect(table.notes.join('\n')).toMatch(note);
  expect(Object.values(table.reasons).every((reason) => reason.length > 0)).toBe(true);
  // A saved run names all options; reading with them must give the same table.
  const again = await read(data, file, table.options);
  expect({ ...again, reasons: table.reasons }).toEqual(table);
}
