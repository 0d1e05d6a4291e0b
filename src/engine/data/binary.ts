/** Files that are no text at all: each known kind is refused with its own way out. */
import { EngineError } from '../core/errors';

/** Larger files are refused before they are read. */
export const MAX_FILE_BYTES = 256 * 1024 * 1024;

interface Kind {
  code: string;
  starts: readonly (readonly number[])[];
  what: string;
  hint: string;
  /** A second look where the first bytes are shared by several formats. */
  also?: (head: string, name: string) => boolean;
}

const ascii = (text: string): number[] => [...text].map((char) => char.charCodeAt(0));
const EXCEL_HINT =
  'In Excel choose File > Save as > “CSV UTF-8 (comma delimited)”, then open that file. Google Sheets: File > Download > Comma-separated values.';
const TABLE_HINT =
  'Convert it to CSV or JSONL first, for example in Python: pandas.read_parquet("file").to_csv("file.csv", index=False).';

/** First match wins. Signatures: the formats' own specifications ("magic numbers"). */
const KINDS: readonly Kind[] = [
  {
    code: 'parquet-file',
    starts: [ascii('PAR1')],
    what: 'a Parquet file',
    hint: TABLE_HINT,
  },
  {
    code: 'excel-file',
    starts: [[0x50, 0x4b, 3, 4]],
    what: 'an Excel workbook',
    hint: EXCEL_HINT,
    also: (head, name) => /\.xls[xmb]?$/i.test(name) || /xl\/|\[Content_Types\]\.xml/.test(head),
  },
  {
    code: 'zip-file',
    starts: [
      [0x50, 0x4b, 3, 4],
      [0x50, 0x4b, 5, 6],
    ],
    what: 'a zip archive',
    hint: 'Unpack it and open the CSV, TSV, JSON or JSONL file inside.',
  },
  {
    code: 'excel-file',
    starts: [[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]],
    what: 'an old Excel or Word file',
    hint: EXCEL_HINT,
  },
  {
    code: 'compressed-file',
    starts: [
      [0x1f, 0x8b],
      [0x28, 0xb5, 0x2f, 0xfd],
      ascii('7z\xbc\xaf'),
      ascii('Rar!'),
      [0xfd, 0x37, 0x7a, 0x58],
    ],
    what: 'a compressed file',
    hint: 'Unpack it (gunzip, 7-Zip) and open the file inside.',
  },
  {
    code: 'pdf-file',
    starts: [ascii('%PDF-')],
    what: 'a PDF document',
    hint: 'Hone needs a table: copy the texts and their labels into a spreadsheet and save it as CSV.',
  },
  {
    code: 'image-file',
    starts: [ascii('\x89PNG'), [0xff, 0xd8, 0xff], ascii('GIF8')],
    what: 'an image',
    hint: 'Hone learns from text: open a CSV, TSV, JSON or JSONL file with one text and one label per row.',
  },
  {
    code: 'database-file',
    starts: [
      ascii('SQLite format 3'),
      ascii('ARROW1'),
      ascii('\x89HDF'),
      ascii('Obj\x01'),
      ascii('\x93NUMPY'),
    ],
    what: 'a binary data file (SQLite, Arrow, HDF5, Avro or NumPy)',
    hint: 'Export the table to CSV or JSONL with the tool that wrote it.',
  },
];

/** A size in words: '312 MB'. */
function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`;
}

/** Refuses a file over MAX_FILE_BYTES; callers with a Blob ask before they read it. Throws `file-too-large`. */
export function assertFileSize(bytes: number, name: string): void {
  if (bytes <= MAX_FILE_BYTES) return;
  throw new EngineError({
    code: 'file-too-large',
    message: `${name} has ${megabytes(bytes)}; Hone reads up to ${megabytes(MAX_FILE_BYTES)} at once.`,
    hint: 'Take a sample: a few thousand rows per class are plenty for fine-tuning. For example: (head -n 1 data.csv; tail -n +2 data.csv | shuf -n 50000) > sample.csv',
    details: { bytes, limit: MAX_FILE_BYTES },
  });
}

/** Throws an EngineError naming what the file is when it is empty, too large, or binary. */
export function refuseUnreadable(bytes: Uint8Array, name: string): void {
  assertFileSize(bytes.length, name);
  if (bytes.length === 0) throw emptyFile(name);
  const head = String.fromCharCode(...bytes.subarray(0, 4096));
  const kind = KINDS.find(
    ({ starts, also }) =>
      starts.some((start) => start.every((byte, i) => bytes[i] === byte)) && (also?.(head, name) ?? true),
  );
  if (kind !== undefined) {
    throw new EngineError({ code: kind.code, message: `${name} is ${kind.what}.`, hint: kind.hint });
  }
  if (/^\W{0,3}\s*(<!doctype html|<html[\s>])/i.test(head)) {
    throw new EngineError({
      code: 'web-page',
      message: `${name} is a web page, not a table.`,
      hint: 'The download probably saved the page around the file. On GitHub use “Download raw file”.',
    });
  }
}

export function emptyFile(name: string): EngineError {
  return new EngineError({
    code: 'empty-file',
    message: `${name} is empty.`,
    hint: 'Choose a file with a text column and a label column, one row per example, or paste rows.',
  });
}

/** Throws `binary-file` when control bytes show that this is no text in any of the encodings Hone knows. */
export function refuseControlBytes(bytes: Uint8Array, name: string): void {
  const seen = Math.min(bytes.length, 65_536);
  let controls = 0;
  for (let i = 0; i < seen; i++) {
    const byte = bytes[i] as number;
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) controls++;
  }
  // A stray NUL or two in an export is repaired elsewhere; text never has one byte in twenty of them.
  if (controls <= 8 || controls / seen < 0.05) return;
  throw new EngineError({
    code: 'binary-file',
    message: `${name} is a binary file: ${controls.toLocaleString('en-US')} of its first ${seen.toLocaleString('en-US')} bytes are control bytes.`,
    hint: 'Open a CSV, TSV, JSON or JSONL text file; export the table from the program that wrote this one.',
    details: { controls, seen },
  });
}
