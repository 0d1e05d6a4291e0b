/** Files that cannot be used as they are: each gets a message that names the place and the way out. */
import { truncate, writeFile } from 'node:fs/promises';
import { csv, jsonl, ROWS } from '../rows';
import { expect, test } from '../test';

const PARQUET = Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(512, 7), Buffer.from('PAR1')]);
const BINARY = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 31) % 256));
const [FIRST] = ROWS;

/** Refused as a whole. */
const REFUSED = [
  { what: 'an empty file', name: 'empty.csv', content: '', says: /empty\.csv is empty/ },
  {
    what: 'a header and nothing else',
    name: 'header.csv',
    content: 'text,label\n',
    says: /has a header.*but no rows/,
  },
  { what: 'Parquet named .csv', name: 'table.csv', content: PARQUET, says: /Parquet/ },
  { what: 'binary named .csv', name: 'binary.csv', content: BINARY, says: /binary file/ },
  { what: 'broken JSON', name: 'broken.json', content: '[{"text": "a", }]', says: /line 1, column \d+/ },
];

/** Opened, with what is wrong said and rows accounted for. */
const DOUBTFUL = [
  {
    what: 'one class',
    name: 'one.csv',
    content: csv(ROWS.map(({ text }) => ({ text, label: 'refund' }))),
    says: /Every row has the same label, “refund”/,
  },
  {
    what: 'a class with one row',
    name: 'single.csv',
    content: csv([...ROWS, { text: 'a lonely text', label: 'alone' }]),
    says: /alone/,
  },
  {
    what: '10,000 classes',
    name: 'many.csv',
    content: csv(
      Array.from({ length: 10_000 }, (_, i) => ({ text: `${FIRST?.text} ${i}`, label: `class ${i}` })),
    ),
    says: /10,000 different labels/,
  },
  {
    what: 'a text of 100,000 characters',
    name: 'long.csv',
    content: csv([...ROWS, { text: 'a very long text '.repeat(6000), label: 'refund' }]),
    says: /tokens|characters/,
  },
];

/** Opened with the unusable rows set aside: [file, its rows, those that are rejected]. */
const MENDABLE = [
  { what: 'ragged rows', name: 'ragged.csv', content: `${csv()}just one cell\n`, rows: 73 },
  { what: 'a broken quote', name: 'quote.csv', content: `${csv()}"never closed,refund\n`, rows: 73 },
  { what: 'JSONL with broken lines', name: 'broken.jsonl', content: `${jsonl()}{"text": "cut o\n`, rows: 73 },
  { what: 'NUL bytes', name: 'nul.csv', content: `${csv()}"a text with a \0 in it",refund\n`, rows: 73 },
  {
    what: 'nested JSON',
    name: 'nested.json',
    content: JSON.stringify({ data: ROWS.map(({ text, label }) => ({ content: { text }, label })) }),
    rows: 72,
  },
];

test('files that are no table are refused, and what was open stays', async ({ studio }) => {
  await studio.open();
  for (const { what, name, content, says } of REFUSED) {
    await test.step(what, async () => {
      await studio.data.openFile(name, content);
      await expect(studio.data.error).toContainText(says);
      await studio.page.getByRole('button', { name: 'Dismiss' }).click();
    });
  }
  await studio.data.openFile('good.csv', csv());
  await studio.data.expectRows(72, 3);
});

test('a file of 300 MB is refused before it is read', async ({ studio, page }, info) => {
  const file = info.outputPath('huge.csv');
  await writeFile(file, 'text,label\n');
  await truncate(file, 300_000_000);
  await studio.open();
  await page.getByLabel('Data file').setInputFiles(file);
  await expect(studio.data.error).toContainText('huge.csv has 300 MB');
});

test('what is doubtful about the rows is said among the findings', async ({ studio }) => {
  await studio.open();
  for (const { what, name, content, says } of DOUBTFUL) {
    await test.step(what, async () => {
      await studio.data.replaceFile(name, content);
      await expect(studio.data.findings).toContainText(says);
    });
  }
});

test('of a file with broken places every row is kept or rejected', async ({ studio }) => {
  await studio.open();
  for (const { what, name, content, rows } of MENDABLE) {
    await test.step(what, async () => {
      await studio.data.replaceFile(name, content);
      await expect(studio.data.facts).toContainText('rows kept');
      const facts = (await studio.data.facts.textContent()) ?? '';
      const count = (name: RegExp): number => Number(name.exec(facts)?.[1]);
      expect(count(/(\d+) rows kept/) + count(/(\d+) rejected/)).toBe(rows);
    });
  }
});
