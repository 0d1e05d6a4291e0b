import { describe, it } from 'vitest';
import { type Case, expectTable, TEXT_LABEL, TWO, utf8 } from './readers/cases';

const utf16 = (text: string, isLittle: boolean): Uint8Array => {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), isLittle);
  return bytes;
};

const CASES: Case[] = [
  {
    name: 'UTF-8 BOM',
    data: '\uFEFFtext,label\nhello,greet\nbye,part\n',
    columns: TEXT_LABEL,
    rows: TWO,
    found: { encoding: 'utf-8' },
  },
  {
    name: 'UTF-8 BOM before a quoted header',
    data: '\uFEFF"text","label"\nhello,greet\nbye,part\n',
    columns: TEXT_LABEL,
    rows: TWO,
  },
  {
    name: 'UTF-16 LE with BOM',
    data: utf16('\uFEFFtext,label\nhello,greet\nbye,part\n', true),
    columns: TEXT_LABEL,
    rows: TWO,
    found: { encoding: 'utf-16le' },
  },
  {
    name: 'UTF-16 BE with BOM',
    data: utf16('\uFEFFtext,label\nhello,greet\nbye,part\n', false),
    columns: TEXT_LABEL,
    rows: TWO,
    found: { encoding: 'utf-16be' },
  },
  {
    name: 'UTF-16 LE without BOM',
    data: utf16('text,label\nhello,greet\nbye,part\n', true),
    columns: TEXT_LABEL,
    rows: TWO,
    found: { encoding: 'utf-16le' },
  },
  {
    name: 'UTF-16 BE without BOM',
    data: utf16('text,label\nhello,greet\nbye,part\n', false),
    columns: TEXT_LABEL,
    rows: TWO,
    found: { encoding: 'utf-16be' },
  },
  {
    name: 'Windows-1252, with its curly quotes and euro sign',
    data: Uint8Array.from([
      ...utf8('text,label\ncaf'),
      0xe9,
      0x20,
      0x80,
      0x35,
      0x92,
      ...utf8(',x\nbye,part\n'),
    ]),
    columns: TEXT_LABEL,
    rows: [
      ['café €5’', 'x'],
      ['bye', 'part'],
    ],
    found: { encoding: 'windows-1252' },
  },
  {
    name: 'mostly UTF-8 with one broken byte',
    data: Uint8Array.from([...utf8(`text,label\n${'é'.repeat(30)},x\nb`), 0xff, ...utf8(',y\n')]),
    columns: TEXT_LABEL,
    rows: [
      ['é'.repeat(30), 'x'],
      ['b\uFFFD', 'y'],
    ],
    found: { encoding: 'utf-8' },
    note: /1 character could not be read/,
  },
  {
    name: 'NUL characters are kept and told',
    data: 'text,label\nhel\0lo,greet\nbye,part\n',
    columns: TEXT_LABEL,
    rows: [['hel\0lo', 'greet'], TWO[1] as string[]],
    note: /1 NUL character found/,
  },
];

describe('encodings', () => {
  it.each(CASES)('$name', expectTable);
});
