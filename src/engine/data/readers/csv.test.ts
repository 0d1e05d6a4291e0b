import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { type Case, expectTable, read, TEXT_LABEL, TWO } from './cases';

const CASES: Case[] = [
  { name: 'LF', data: 'text,label\nhello,greet\nbye,part\n', columns: TEXT_LABEL, rows: TWO, lines: [2, 3] },
  {
    name: 'CRLF',
    data: 'text,label\r\nhello,greet\r\nbye,part\r\n',
    columns: TEXT_LABEL,
    rows: TWO,
    lines: [2, 3],
  },
  {
    name: 'bare CR',
    data: 'text,label\rhello,greet\rbye,part\r',
    columns: TEXT_LABEL,
    rows: TWO,
    lines: [2, 3],
  },
  {
    name: 'no newline at the end',
    data: 'text,label\nhello,greet\nbye,part',
    columns: TEXT_LABEL,
    rows: TWO,
  },
  {
    name: 'CRLF without the last LF',
    data: 'text,label\r\nhello,greet\r\nbye,"part"\r',
    columns: TEXT_LABEL,
    rows: TWO,
  },
  {
    name: 'quoted newline: one record, the next line counted on',
    data: 'text,label\n"hel\nlo",greet\nbye,part\n',
    columns: TEXT_LABEL,
    rows: [['hel\nlo', 'greet'], TWO[1] as string[]],
    lines: [2, 4],
  },
  {
    name: 'quoted CRLF',
    data: 'text,label\r\n"hel\r\nlo",greet\r\nbye,part\r\n',
    columns: TEXT_LABEL,
    rows: [['hel\r\nlo', 'greet'], TWO[1] as string[]],
    lines: [2, 4],
  },
  {
    name: 'doubled quotes',
    data: 'text,label\n"say ""hi"", now",greet\nbye,part\n',
    columns: TEXT_LABEL,
    rows: [['say "hi", now', 'greet'], TWO[1] as string[]],
  },
  {
    name: 'empty quoted fields',
    data: 'text,label\n"",""\nbye,part\n',
    columns: TEXT_LABEL,
    rows: [['', ''], TWO[1] as string[]],
  },
  {
    name: 'semicolons, with decimal commas',
    data: 'text;price;label\nhello;1,5;greet\nbye;2,5;part\n',
    columns: ['text', 'price', 'label'],
    rows: [
      ['hello', '1,5', 'greet'],
      ['bye', '2,5', 'part'],
    ],
    found: { delimiter: ';' },
  },
  {
    name: 'tabs, with commas in the text',
    data: 'text\tlabel\nhello, you\tgreet\nbye, all\tpart\n',
    file: 'data.tsv',
    columns: TEXT_LABEL,
    rows: [
      ['hello, you', 'greet'],
      ['bye, all', 'part'],
    ],
    found: { delimiter: '\t' },
  },
  {
    name: 'pipes',
    data: 'text|label\nhello|greet\nbye|part\n',
    file: 'data.txt',
    columns: TEXT_LABEL,
    rows: TWO,
    found: { delimiter: '|' },
  },
  {
    name: 'single quotes that are needed',
    data: "text,label\n'hello, you',greet\n'bye, all',part\n",
    columns: TEXT_LABEL,
    rows: [
      ['hello, you', 'greet'],
      ['bye, all', 'part'],
    ],
    found: { quote: "'" },
  },
  {
    name: 'loose quotes in a header-less TSV stay in the text',
    data: 'ham\t"Gimme a few" was 5 minutes ago\nspam\tWin now\nham\t"BOO BABE\nham\tok, see you at the usual place in half an hour then\n',
    file: 'sms.tsv',
    columns: ['column 1', 'column 2'],
    rows: [
      ['ham', '"Gimme a few" was 5 minutes ago'],
      ['spam', 'Win now'],
      ['ham', '"BOO BABE'],
      ['ham', 'ok, see you at the usual place in half an hour then'],
    ],
    found: { quote: '', header: false },
  },
  {
    name: 'header-less, numeric label',
    data: 'a fine film\t1\na dull film\t0\nbest of the year\t1\n',
    file: 'train.tsv',
    columns: ['column 1', 'column 2'],
    rows: [
      ['a fine film', '1'],
      ['a dull film', '0'],
      ['best of the year', '1'],
    ],
    found: { header: false },
  },
  {
    name: 'unclosed quote: its line is read plainly, all others stay',
    data: 'text,label\n"a, b",greet\n"open,part\nc,greet\n"d, e",part\n',
    columns: TEXT_LABEL,
    rows: [
      ['a, b', 'greet'],
      ['"open', 'part'],
      ['c', 'greet'],
      ['d, e', 'part'],
    ],
    lines: [2, 3, 4, 5],
    note: /never closes properly in line 3/,
  },
  {
    name: 'unclosed quote whose plain line has too many fields is rejected, the rest stays',
    data: 'text,label\n"a, b",greet\n"open, x, y,part\nc,greet\n',
    columns: TEXT_LABEL,
    rows: [
      ['a, b', 'greet'],
      ['c', 'greet'],
    ],
    lines: [2, 4],
    rejected: [[3, 'broken-quote']],
  },
  {
    name: 'unclosed last field keeps its delimiter',
    data: 'label,text\ngreet,"a, b"\npart,"open, x\ngreet,c\n',
    columns: ['label', 'text'],
    rows: [
      ['greet', 'a, b'],
      ['part', 'open, x'],
      ['greet', 'c'],
    ],
    note: /never closes properly in line 3/,
  },
  {
    name: 'every field quoted and one quote missing: the other quotes are still quotes',
    data: '"text","label"\n"hello","greet"\n"bye,"part"\n"c","greet"\n"d","part"\n',
    columns: TEXT_LABEL,
    rows: [
      ['hello', 'greet'],
      ['"bye', '"part"'],
      ['c', 'greet'],
      ['d', 'part'],
    ],
    note: /line 3/,
  },
  {
    name: 'ragged rows',
    data: 'text,label\nhello,greet\nonly\na,b,c\nbye,part\n',
    columns: TEXT_LABEL,
    rows: TWO,
    lines: [2, 5],
    rejected: [
      [3, 'too-few-fields'],
      [4, 'too-many-fields'],
    ],
  },
  {
    name: 'empty extra fields are trimmed',
    data: 'text,label\nhello,greet,,\nbye,part\n',
    columns: TEXT_LABEL,
    rows: TWO,
    note: /Empty extra fields at the end of 1 row/,
  },
  {
    name: 'a trailing delimiter in the header only',
    data: 'text,label,\nhello,greet\nbye,part\nx,greet\n',
    columns: TEXT_LABEL,
    rows: [...TWO, ['x', 'greet']],
  },
  {
    name: 'rows wider than the header',
    data: 'text,label\nhello,greet,1\nbye,part,2\nx,greet,3\ny,greet,3\nz,greet,3\n',
    columns: ['text', 'label', 'column 3'],
    rows: [
      ['hello', 'greet', '1'],
      ['bye', 'part', '2'],
      ['x', 'greet', '3'],
      ['y', 'greet', '3'],
      ['z', 'greet', '3'],
    ],
    note: /header names 2 columns, the rows have 3/,
  },
  {
    name: 'rows wholly wrapped in quotes',
    data: 'flags,text,label\nB,hello,greet\n"Q,""bye, all"",part"\nB,hi,greet\n',
    columns: ['flags', 'text', 'label'],
    rows: [
      ['B', 'hello', 'greet'],
      ['Q', 'bye, all', 'part'],
      ['B', 'hi', 'greet'],
    ],
    note: /1 row was wrapped in quotes as a whole and unwrapped \(line 3\)/,
  },
  {
    name: 'a file wholly wrapped in quotes, header too',
    data: '"text,label"\n"hello,greet"\n"""bye, all"",part"\n',
    columns: TEXT_LABEL,
    rows: [
      ['hello', 'greet'],
      ['bye, all', 'part'],
    ],
  },
  {
    name: 'duplicate and empty headers',
    data: 'text,label,label,\nhello,greet,x,1\nbye,part,y,2\n',
    columns: ['text', 'label', 'label (2)', 'column 4'],
    rows: [
      ['hello', 'greet', 'x', '1'],
      ['bye', 'part', 'y', '2'],
    ],
    note: /“label” to “label \(2\)”/,
  },
  {
    name: 'spaces around header names',
    data: ' text , label \nhello,greet\nbye,part\n',
    columns: TEXT_LABEL,
    rows: TWO,
  },
  {
    name: 'blank lines are passed over and told',
    data: 'text,label\n\nhello,greet\n  \nbye,part\n\n\n',
    columns: TEXT_LABEL,
    rows: TWO,
    lines: [3, 5],
    note: /4 blank lines were passed over/,
  },
  {
    name: 'lines above the table',
    data: 'Export of 3 May\ntext,label\nhello,greet\nbye,part\n',
    columns: TEXT_LABEL,
    rows: TWO,
    lines: [3, 4],
    rejected: [[1, 'before-table']],
  },
  {
    name: 'one column of sentences is not torn at its commas',
    data: 'text\nHello, you\nBye\nWell, yes, no\nOk\nFine\n',
    columns: ['text'],
    rows: [['Hello, you'], ['Bye'], ['Well, yes, no'], ['Ok'], ['Fine']],
  },
  {
    name: 'chosen options win over detection',
    data: 'a,b;c\nd,e;f\n',
    options: { delimiter: ';', header: false, quote: '' },
    columns: ['column 1', 'column 2'],
    rows: [
      ['a,b', 'c'],
      ['d,e', 'f'],
    ],
    found: { delimiter: ';', header: false, quote: '' },
  },
];

describe('delimited text', () => {
  it.each(CASES)('$name', expectTable);

  it('round-trips any table through CSV', async () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', 'B', ' ', ',', ';', '\t', '"', "'", '\n', '\r\n', 'é', '😀'),
    });
    const tables = fc.array(fc.tuple(fc.constant('x'), cell, cell), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(
        tables,
        fc.constantFrom('\n', '\r\n'),
        fc.constantFrom(',', ';', '\t'),
        async (rows, newline, delimiter) => {
          const csv = Papa.unparse([['id', 'text', 'label'], ...rows], { newline, delimiter, quotes: true });
          const table = await read(csv, 'data.csv', { delimiter, quote: '"', header: true });
          expect(table.rows).toEqual(rows);
          expect(table.rejected).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
