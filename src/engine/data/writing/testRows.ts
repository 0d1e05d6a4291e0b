/** Rows of data for writing, as files hold them. */
import { readTable } from '../read';
import type { Table } from '../table';

export function tableOf(text: string, name: string): Promise<Table> {
  return readTable(new TextEncoder().encode(text), name, null, () => {});
}

export function jsonl(rows: readonly unknown[]): Promise<Table> {
  return tableOf(rows.map((row) => JSON.stringify(row)).join('\n'), 'rows.jsonl');
}

/** A chat row: a question and its answer unless told otherwise. */
export function chat(...contents: string[]): { messages: { role: string; content: string }[] } {
  return {
    messages: contents.map((content, i) => ({ role: i % 2 === 0 ? 'user' : 'assistant', content })),
  };
}
