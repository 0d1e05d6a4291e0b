import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPace } from '../pace';
import { type CsvRecord, type Dialect, newlineOf, walkRecords } from './csvRecords';

it('covers every character of any text exactly once, with the right lines', async () => {
  const text = fc.string({
    unit: fc.constantFrom('a', ',', '"', '\n', '\r\n', ' ', ',"', '",', '"\n'),
    minLength: 1,
  });
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.constantFrom<Dialect['quote']>('"', ''),
      fc.integer({ min: 1, max: 3 }),
      async (csv, quote, width) => {
        const records: CsvRecord[] = [];
        const lines: number[] = [];
        const dialect: Dialect = { delimiter: ',', quote, newline: newlineOf(csv) };
        await walkRecords(
          csv,
          dialect,
          width,
          createPace(() => {}),
          (record, line) => {
            records.push(record);
            lines.push(line);
          },
        );
        expect(records.map(({ start, end }) => csv.slice(start, end)).join('')).toBe(csv);
        expect(lines).toEqual(records.map(({ start }) => csv.slice(0, start).split(dialect.newline).length));
      },
    ),
    { numRuns: 2000 },
  );
});

it('gives up quoting, and says from which line, when open quotes would make reading quadratic', async () => {
  const filler = 'plain,row\n'.repeat(200_000);
  const csv = `${'x,"open\n'.repeat(40)}${filler}`;
  const records: CsvRecord[] = [];
  const { plainFrom } = await walkRecords(
    csv,
    { delimiter: ',', quote: '"', newline: '\n' },
    2,
    createPace(() => {}),
    (record) => records.push(record),
  );
  expect(plainFrom).toBeGreaterThan(2);
  expect(plainFrom).toBeLessThan(41);
  expect(records).toHaveLength(200_040);
  expect(records[39]?.fields).toEqual(['x', '"open']);
});
