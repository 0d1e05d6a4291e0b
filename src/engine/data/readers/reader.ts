/** What a format must do to be readable. One file per format, one line in data/registry.ts. */
import type { ImportOptions } from '../../core/config';
import type { Pace } from '../pace';
import type { RejectedRow } from '../table';

/** The part of the options that a reader decides; format and encoding are settled before it runs. */
export type TableOptions = Pick<ImportOptions, 'delimiter' | 'quote' | 'header'>;

export interface ReadRequest {
  /** Decoded, without byte order mark, not blank. */
  text: string;
  /** File name, for messages and for hints such as `.tsv`. */
  name: string;
  /** What the user chose; what is missing is detected. */
  options: Partial<TableOptions>;
  pace: Pace;
}

export interface ReadResult {
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  lines: readonly number[];
  rejected: readonly RejectedRow[];
  options: TableOptions;
  reasons: Readonly<Record<keyof TableOptions, string>>;
  notes: readonly string[];
}

export interface Reader {
  format: ImportOptions['format'];
  /** Shown in the format menu. */
  label: string;
  /** Why this reader should read the text, or null; `extension` is lower-case without the dot. */
  claims(text: string, extension: string): string | null;
  /** Every record ends in `rows` or in `rejected`. Throws an EngineError when the file as a whole is no table. */
  read(request: ReadRequest): Promise<ReadResult>;
}

/** Options and reasons of formats that have neither delimiter nor quotes. */
export function withoutDialect(format: string): Pick<ReadResult, 'options' | 'reasons'> {
  const reason = `${format} needs none`;
  return {
    options: { delimiter: ',', quote: '"', header: true },
    reasons: { delimiter: reason, quote: reason, header: `${format} names its own fields` },
  };
}
