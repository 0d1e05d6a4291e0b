/** Every format Hone reads: one line per reader, asked in this order. */
import type { ImportOptions } from '../core/config';
import { csvReader } from './readers/csv';
import { jsonReader } from './readers/json';
import { jsonlReader } from './readers/jsonl';
import type { Reader } from './readers/reader';

export const READERS: readonly Reader[] = [jsonlReader, jsonReader, csvReader];

/** The reader asked for, or the first that claims the text, with the reason. */
export function chooseReader(
  text: string,
  name: string,
  format: ImportOptions['format'] | undefined,
): { reader: Reader; reason: string } {
  const extension = /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  for (const reader of READERS) {
    if (format === reader.format) return { reader, reason: 'chosen by you' };
    const reason = format === undefined ? reader.claims(text, extension) : null;
    if (reason !== null) return { reader, reason };
  }
  return { reader: csvReader, reason: 'delimited text is what is left' };
}
