/** Public files kept outside the repository (shared/data); the tests say so and skip where they are missing. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../core/errors';
import { checkInput } from './checks/check';
import { duplicates } from './checks/duplicates';
import { guessRoles } from './columns';
import { surveyDataset } from './dataset';
import { readTable } from './read';
import type { Table } from './table';

const DATA = resolve(import.meta.dirname, '../../../../shared/data');
const isHere = existsSync(DATA);
const where = isHere ? '' : ` (skipped: ${DATA} is missing)`;

const open = (path: string): Promise<Table> =>
  readTable(readFileSync(resolve(DATA, path)), path.split('/').at(-1) ?? path, null, () => {});

function filesIn(folder: string, pattern: RegExp): string[] {
  if (!isHere) return [];
  return readdirSync(resolve(DATA, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => pattern.test(file))
    .map((file) => `${folder}/${file}`);
}

/** Records of delimited text by quote parity: an independent count, right for files whose quotes pair up. */
function countRecords(text: string, quote: string): number {
  let isOpen = false;
  let hasText = false;
  let records = 0;
  for (const char of `${text.replace(/\r\n?/g, '\n')}\n`) {
    if (char === quote) isOpen = !isOpen;
    if (char === '\n' && !isOpen) {
      if (hasText) records++;
      hasText = false;
    } else if (!/\s|\uFEFF/.test(char) || char === '\t') hasText = true;
  }
  return records;
}

describe.skipIf(!isHere)(`every delimited file: kept + rejected = records in the file${where}`, () => {
  const files = [
    ...filesIn('messy', /\.(csv|tsv)$/),
    ...filesIn('classify', /\.(csv|tsv)$/),
    ...filesIn('generate', /\.csv$/),
  ];
  it.each(files)('%s', async (file) => {
    const table = await open(file).catch((error: unknown) => error);
    if (table instanceof EngineError) {
      expect(['empty-file', 'no-rows']).toContain(table.code);
      return;
    }
    if (table instanceof Error) throw table;
    const { rows, rejected, options, columns } = table as Table;
    const text = new TextDecoder(options.encoding).decode(readFileSync(resolve(DATA, file)));
    // Its quotes are escaped with a backslash, which parity cannot count: four lines, four records.
    const quote = file.endsWith('/escaping.csv') ? '' : options.quote;
    const records = countRecords(text, quote) - (options.header ? 1 : 0);
    expect(rows.length + rejected.length).toBe(records);
    expect(rows.every((row) => row.length === columns.length)).toBe(true);
  });
});

describe.skipIf(!isHere)(`JSON and JSONL files${where}`, () => {
  const REFUSALS = ['json-syntax', 'json-shape', 'no-rows', 'empty-file', 'binary-file', 'too-many-columns'];

  it('reads or refuses by name all files of the JSON test suite', async () => {
    const files = filesIn('messy/json_test_suite', /\.json$/);
    expect(files.length).toBeGreaterThan(300);
    const outcomes: Record<string, number> = {};
    for (const file of files) {
      const outcome = await open(file).then(
        (table) => (table.rows.length + table.rejected.length > 0 ? 'read' : 'vanished'),
        (error: unknown) => (error instanceof EngineError ? error.code : String(error)),
      );
      expect(['read', ...REFUSALS]).toContain(outcome);
      // n_ files are no JSON; those broken only by their encoding become readable as Windows-1252.
      if (file.includes('/n_') && !/invalid.utf|lone.*byte|iso_latin|latin|utf.?8|U\+/i.test(file))
        expect({ file, outcome }).not.toMatchObject({ outcome: 'read' });
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    expect(outcomes['json-syntax']).toBeGreaterThan(150);
  });

  it.each([
    ['classify/snips/snips_derived.jsonl', 14_484],
    ['generate/gsm8k/train.jsonl', 7_473],
    ['generate/gsm8k/test.jsonl', 1_319],
    ['messy/frictionless/table.ndjson', 2],
    ['messy/frictionless/table.json', 2],
    ['messy/frictionless/table.keyed.json', 2],
  ])('%s has %i rows', async (file, rows) => {
    const table = await open(file);
    expect([table.rows.length, table.rejected.length]).toEqual([rows, 0]);
  });

  it('matches csv-spectrum’s own JSON, cell by cell', async () => {
    // The stored copies of the CRLF files have LF, their JSON still has CRLF; the one beside location_coordinates.csv has another telephone number.
    const files = filesIn('messy/csv_spectrum/csvs', /\.csv$/).filter((file) => !file.includes('location'));
    expect(files).toHaveLength(11);
    for (const file of files) {
      const table = await open(file);
      const expected = JSON.parse(
        readFileSync(
          resolve(DATA, file.replace('/csvs/', '/json/').replace(/csv$/, 'json')),
          'utf8',
        ).replaceAll('\\r', ''),
      ) as Record<string, string>[];
      const objects = table.rows.map((row) =>
        Object.fromEntries(table.columns.map((column, i) => [column, row[i]])),
      );
      expect(objects, file).toEqual(expected);
    }
  });
});

describe.skipIf(!isHere)(`known sets${where}`, () => {
  it.each([
    { file: 'banking77/train.csv', rows: 10_003, classes: 77, roles: ['text', 'category'] },
    { file: 'banking77/test.csv', rows: 3_080, classes: 77, roles: ['text', 'category'] },
    { file: 'snips/snips_derived.jsonl', rows: 14_484, classes: 7, roles: ['text', 'label'] },
    { file: 'sms_spam/sms.tsv', rows: 5_574, classes: 2, roles: ['column 2', 'column 1'] },
    { file: 'sst2/train.tsv', rows: 6_920, classes: 2, roles: ['column 1', 'column 2'] },
    { file: 'sst2/dev.tsv', rows: 872, classes: 2, roles: ['column 1', 'column 2'] },
    { file: 'sst2/test.tsv', rows: 1_821, classes: 2, roles: ['column 1', 'column 2'] },
    { file: 'ag_news_noisy/samplesTest.csv', rows: 7_600, classes: 4, roles: ['text', 'label'] },
    {
      file: 'bitext_support/messy_8k_with_87_broken_rows.csv',
      rows: 8_183,
      classes: 30,
      roles: ['utterance', 'intent'],
    },
    {
      file: 'bitext_support/bitext_27k_instruction_category.csv',
      rows: 26_872,
      classes: 11,
      roles: ['instruction', 'category'],
    },
  ])('$file: rows, guessed roles and classes as published', async ({ file, rows, classes, roles }) => {
    const table = await open(`classify/${file}`);
    expect(table.rows).toHaveLength(rows);
    expect(table.rejected).toEqual([]);
    const guess = guessRoles(table);
    expect([guess.roles?.text, guess.roles?.label]).toEqual(roles);
    if (guess.roles === null) return;
    const dataset = surveyDataset(table, null, {
      name: file,
      hash: '',
      options: table.options,
      roles: guess.roles,
      fixes: [],
      split: { validation: 0.15, test: 0.2, seed: 1 },
    });
    expect(dataset.classes).toHaveLength(classes);
    expect(dataset.kept + dataset.rejected.length).toBe(rows);
    expect(dataset.blocked).toBeNull();
    expect(dataset.splits.test.length / dataset.kept).toBeCloseTo(0.2, 2);
    expect(dataset.splits.validation.length / dataset.kept).toBeCloseTo(0.15, 2);
  });

  it('the messy support file: 87 rows were unwrapped, the first in line 1023', async () => {
    const table = await open('classify/bitext_support/messy_8k_with_87_broken_rows.csv');
    expect(table.notes).toEqual([
      '87 rows were wrapped in quotes as a whole and unwrapped (line 1023, 1037, 1039 and 84 more).',
    ]);
    const row = table.rows[table.lines.indexOf(1023)];
    expect(row).toEqual([
      'BCELZ',
      'I cannott find the early exit penalty, I need assistance',
      'CANCELLATION_FEE',
      'check_cancellation_fee',
    ]);
  });

  it('sms_spam: quotes stay in the text and the copies are found', async () => {
    const table = await open('classify/sms_spam/sms.tsv');
    expect(table.options).toMatchObject({ delimiter: '\t', quote: '', header: false });
    expect(table.rows.filter(([, text]) => text?.startsWith('"'))).toHaveLength(54);
    expect(table.rows.filter(([label]) => label === 'spam')).toHaveLength(747);
    const examples = table.rows.map(([label = '', text = ''], row) => ({ row, line: row + 1, text, label }));
    const found = duplicates.find(checkInput(examples, null, null));
    // 403 byte-identical copies (SOURCE.txt), 12 more differ in case or spacing only.
    expect(found?.count).toBe(415);
  });
});
