import { describe, expect, it } from 'vitest';
import { EngineError } from '../core/errors';
import { MAX_FILE_BYTES } from './binary';
import { readTable } from './read';
import { read, utf8 } from './readers/cases';

async function refusal(data: string | Uint8Array, name = 'data.csv'): Promise<EngineError> {
  const thrown = await read(data, name).then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof EngineError)) throw new Error(`expected an EngineError, got ${String(thrown)}`);
  expect(thrown.message).toContain(name);
  expect(thrown.hint).toBeTruthy();
  return thrown;
}

const REFUSED: { name: string; data: string | Uint8Array; file: string; code: string; says: RegExp }[] = [
  { name: '0 bytes', data: '', file: 'a.csv', code: 'empty-file', says: /is empty/ },
  { name: 'only white space', data: ' \n\n', file: 'a.csv', code: 'empty-file', says: /is empty/ },
  { name: 'only a BOM', data: '\uFEFF', file: 'a.csv', code: 'empty-file', says: /is empty/ },
  {
    name: 'header only',
    data: 'text,label\n',
    file: 'a.csv',
    code: 'no-rows',
    says: /header \(“text”, “label”\) but no rows/,
  },
  { name: 'empty list', data: '[]', file: 'a.json', code: 'no-rows', says: /no rows/ },
  {
    name: 'Parquet named .csv',
    data: 'PAR1\x15\x04\x15',
    file: 'a.csv',
    code: 'parquet-file',
    says: /Parquet/,
  },
  {
    name: 'Excel',
    data: 'PK\x03\x04\x14\x00[Content_Types].xml',
    file: 'a.csv',
    code: 'excel-file',
    says: /Excel workbook/,
  },
  { name: 'zip', data: 'PK\x03\x04\x14\x00data.csv', file: 'a.zip', code: 'zip-file', says: /zip archive/ },
  {
    name: 'gzip',
    data: Uint8Array.of(0x1f, 0x8b, 8, 0),
    file: 'a.csv.gz',
    code: 'compressed-file',
    says: /compressed/,
  },
  { name: 'PDF', data: '%PDF-1.7\n', file: 'a.pdf', code: 'pdf-file', says: /PDF/ },
  {
    name: 'PNG',
    data: Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10),
    file: 'a.csv',
    code: 'image-file',
    says: /image/,
  },
  {
    name: 'web page',
    data: '<!DOCTYPE html><html></html>',
    file: 'a.csv',
    code: 'web-page',
    says: /web page/,
  },
  {
    name: 'other binary',
    data: Uint8Array.from({ length: 4000 }, (_, i) => (i * 7) % 256),
    file: 'a.csv',
    code: 'binary-file',
    says: /control bytes/,
  },
  {
    name: 'no JSON',
    data: '{\n  "a": [1,\n  2,]\n}',
    file: 'a.json',
    code: 'json-syntax',
    says: /“\]\n\}” in line 3, column 5/,
  },
  {
    name: 'JSON cut off',
    data: '[{"text": "a"',
    file: 'a.json',
    code: 'json-syntax',
    says: /ends too early in line 1/,
  },
  {
    name: 'plain list',
    data: '["a","b"]',
    file: 'a.json',
    code: 'json-shape',
    says: /list of 2 plain values/,
  },
  {
    name: 'one object',
    data: '{"key":"value"}',
    file: 'a.json',
    code: 'json-shape',
    says: /one object \(“key”\)/,
  },
  { name: 'a number', data: '42', file: 'a.json', code: 'json-shape', says: /holds a number/ },
  {
    name: 'two lists',
    data: '{"train":[{"a":1}],"test":[{"a":1}]}',
    file: 'a.json',
    code: 'json-shape',
    says: /2 lists of rows \(“train” and “test”\)/,
  },
  {
    name: 'uneven columns',
    data: '{"a":[1,2],"b":[1]}',
    file: 'a.json',
    code: 'json-shape',
    says: /“a” 2, “b” 1/,
  },
  {
    name: 'JSONL without a good line',
    data: '{"a":\n{"b"\n',
    file: 'a.jsonl',
    code: 'json-syntax',
    says: /line 1: /,
  },
];

describe('readTable refuses what is no table, naming the file and the way out', () => {
  it.each(REFUSED)('$name', async ({ data, file, code, says }) => {
    const error = await refusal(data, file);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(says);
  });

  it('refuses a 300 MB file before reading it', async () => {
    expect(MAX_FILE_BYTES).toBe(256 * 1024 * 1024);
    const error = await refusal(new Uint8Array(300_000_000), 'big.csv');
    expect(error.code).toBe('file-too-large');
    expect(error.message).toContain('300 MB');
    expect(error.hint).toContain('sample');
  });

  it('refuses a delimiter that is the quote', async () => {
    await expect(read("a'b", 'a.csv', { delimiter: "'", quote: "'" })).rejects.toMatchObject({
      code: 'bad-delimiter',
    });
  });
});

describe('readTable at size', () => {
  it('reads 200,000 rows with progress, in a few seconds', async () => {
    const row = (i: number): string =>
      `"Where is order ${i}, please? It has been ${i % 9} days",label_${i % 12}\r\n`;
    const data = utf8(`text,label\r\n${Array.from({ length: 200_000 }, (_, i) => row(i)).join('')}`);
    const seen: number[] = [];
    const start = performance.now();
    const table = await readTable(data, 'big.csv', null, ({ done }) => seen.push(done));
    expect(performance.now() - start).toBeLessThan(20_000);
    expect(table.rows).toHaveLength(200_000);
    expect(table.rejected).toEqual([]);
    expect(table.rows[199_999]).toEqual(['Where is order 199999, please? It has been 1 days', 'label_7']);
    expect(table.lines[199_999]).toBe(200_001);
    expect(seen.length).toBeGreaterThan(3);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('stays fast when thousands of quotes never close', async () => {
    const data = `text,label\n${'"open,x\n"a, b",y\n'.repeat(20_000)}`;
    const start = performance.now();
    const table = await read(data, 'a.csv', { quote: '"' });
    expect(performance.now() - start).toBeLessThan(20_000);
    expect(table.rows.length + table.rejected.length).toBe(40_000);
  });

  it('stops with an AbortError when cancelled', async () => {
    const control = new AbortController();
    const data = utf8(`text,label\n${'hello,greet\n'.repeat(500_000)}`);
    const reading = readTable(data, 'a.csv', null, ({ done }) => done > 0 && control.abort(), control.signal);
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });
});
