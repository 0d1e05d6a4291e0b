/** How a delimited file is written: delimiter and quote character, found by trying them on a sample. */

import { plural } from '../words';
import { type CsvRecord, type Dialect, fieldsOfLine, isBlank, newlineOf, scanRecords } from './csvRecords';
import type { TableOptions } from './reader';

/** What a sample of the file looks like under one dialect. */
export interface Sample {
  dialect: Dialect;
  records: readonly (readonly string[])[];
  /** The commonest number of fields, and the share of sampled records that have it. */
  width: number;
  agree: number;
  /** Every record is one quoted field that holds a whole row. */
  wrapped: boolean;
}

const DELIMITERS = [
  { char: ',', name: 'comma' },
  { char: '\t', name: 'tab' },
  { char: ';', name: 'semicolon' },
  { char: '|', name: 'pipe' },
] as const;

const SAMPLE_CHARS = 1 << 18;
const SAMPLE_RECORDS = 500;
/** Quotes are rarer than delimiters, so more of the file is looked at. */
const QUOTE_SAMPLE_CHARS = 1 << 22;
/** Below this agreement a delimiter is taken for punctuation. */
const MIN_AGREEMENT = 0.3;

function nameOf(delimiter: string): string {
  const known = DELIMITERS.find(({ char }) => char === delimiter);
  return known?.name ?? `“${delimiter}”`;
}

function commonest(widths: readonly number[]): { width: number; agree: number } {
  const counts = new Map<number, number>();
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1);
  let best = { width: 1, count: 0 };
  for (const [width, count] of counts) if (count > best.count) best = { width, count };
  return { width: best.width, agree: widths.length === 0 ? 0 : best.count / widths.length };
}

/** The fields inside a record that is wrapped in quotes as a whole, or null. */
export function unwrap(record: Pick<CsvRecord, 'fields'>, dialect: Dialect): readonly string[] | null {
  const [only] = record.fields;
  if (record.fields.length !== 1 || only === undefined || !only.includes(dialect.delimiter)) return null;
  const inner = fieldsOfLine(only, dialect);
  return inner === null || inner.loose ? null : inner.fields;
}

/** Up to SAMPLE_RECORDS records from the start of the text; blank ones are passed over. */
export function takeSample(text: string, dialect: Dialect): Sample {
  const records: CsvRecord[] = [];
  for (let length = SAMPLE_CHARS; records.length === 0; length *= 4) {
    scanRecords(text, 0, length, dialect, (record) => {
      if (!isBlank(record, text)) records.push(record);
      return records.length < SAMPLE_RECORDS;
    });
    if (length >= text.length) break;
  }
  const clean = records.filter((record) => !record.unclosed);
  const plain = commonest(clean.map((record) => record.fields.length));
  const first = clean[0] === undefined ? null : unwrap(clean[0], dialect);
  if (plain.width === 1 && first !== null && first.length > 1) {
    const inner = clean.map((record) => unwrap(record, dialect) ?? record.fields);
    const within = commonest(inner.map((fields) => fields.length));
    if (within.width === first.length && within.agree >= 0.8)
      return { dialect, records: inner, ...within, wrapped: true };
  }
  return { dialect, records: clean.map((record) => record.fields), ...plain, wrapped: false };
}

function score(sample: Sample, favoured: string | null): number {
  if (sample.width < 2) return 0;
  const headerFits = sample.records[0]?.length === sample.width ? 1 : 0.7;
  return sample.agree * headerFits + (favoured === sample.dialect.delimiter ? 0.1 : 0);
}

function favouredBy(name: string): string | null {
  if (/\.(tsv|tab)$/i.test(name)) return '\t';
  return /\.csv$/i.test(name) ? ',' : null;
}

/** `count` of `total` in the words of the reason shown beside the choice. */
function agreement(sample: Sample): string {
  const agreeing = Math.round(sample.agree * sample.records.length);
  return `${agreeing.toLocaleString('en-US')} of ${sample.records.length.toLocaleString('en-US')} sampled rows have ${sample.width} fields`;
}

function chooseDelimiter(text: string, name: string, quote: TableOptions['quote'] | undefined): Sample {
  const newline = newlineOf(text);
  const favoured = favouredBy(name);
  const quotes: readonly TableOptions['quote'][] = quote === undefined ? ['"', ''] : [quote];
  const samples = DELIMITERS.flatMap(({ char }) =>
    quotes.map((mark) => takeSample(text, { delimiter: char, quote: mark, newline })),
  );
  let best = samples[0] as Sample;
  for (const sample of samples) {
    const gain = score(sample, favoured) - score(best, favoured);
    // Decimal commas split evenly too: of two delimiters that fit alike, the one with more fields is real.
    const splitsMore = Math.abs(gain) <= 0.02 && sample.width > best.width;
    if (gain > 0.02 || splitsMore) best = sample;
  }
  if (score(best, favoured) >= MIN_AGREEMENT) return best;
  return takeSample(text, { delimiter: favoured ?? ',', quote: quote ?? '"', newline });
}

interface QuoteUse {
  records: number;
  /** Fields that open and close with the quote properly. */
  sound: number;
  /** Records whose quotes do not add up. */
  broken: number;
  /** Sound fields that hold a delimiter, a newline or a doubled quote: reading them plainly would tear them. */
  needed: number;
}

function quoteUse(text: string, dialect: Dialect): QuoteUse {
  const use: QuoteUse = { records: 0, sound: 0, broken: 0, needed: 0 };
  const { quote, delimiter, newline } = dialect;
  const opens = new RegExp(`(^|[${delimiter === '\t' ? '\\t' : `\\${delimiter}`}\\r\\n])${quote}`);
  scanRecords(text, 0, Math.min(text.length, QUOTE_SAMPLE_CHARS), dialect, (record) => {
    const raw = text.slice(record.start, record.end);
    use.records++;
    if (record.loose) use.broken++;
    else if (opens.test(raw)) {
      use.sound++;
      const torn = (field: string): boolean =>
        field.includes(delimiter) || field.includes(newline) || field.includes(quote);
      if (record.fields.some(torn)) use.needed++;
    }
    return true;
  });
  return use;
}

function chooseQuote(text: string, sample: Sample): { quote: TableOptions['quote']; reason: string } {
  const double = quoteUse(text, { ...sample.dialect, quote: '"' });
  if (double.broken > 0 && double.needed === 0 && double.sound < double.records / 2) {
    return {
      quote: '',
      reason: `quotes are part of the text: they do not pair up in ${plural(double.broken, 'row')} and no row needs them`,
    };
  }
  if (double.sound + double.broken === 0 && text.includes("'")) {
    const single = quoteUse(text, { ...sample.dialect, quote: "'" });
    const isUsed = single.needed > 0 && single.broken === 0 && single.sound >= sample.records.length / 2;
    if (isUsed)
      return {
        quote: "'",
        reason: `${plural(single.sound, 'row has', 'rows have')} fields in single quotes`,
      };
  }
  const reason =
    double.sound > 0
      ? `${plural(double.sound, 'row has', 'rows have')} fields in double quotes`
      : 'no quoted fields seen; the usual one';
  return { quote: '"', reason };
}

/** Settles delimiter and quote: what the user chose, else what fits the sample best. */
export function detectDialect(
  text: string,
  name: string,
  options: Partial<TableOptions>,
): { sample: Sample; reasons: Record<'delimiter' | 'quote', string> } {
  const chosen = 'chosen by you';
  const first =
    options.delimiter === undefined
      ? chooseDelimiter(text, name, options.quote)
      : takeSample(text, {
          delimiter: options.delimiter,
          quote: options.quote ?? '"',
          newline: newlineOf(text),
        });
  const quote =
    options.quote === undefined ? chooseQuote(text, first) : { quote: options.quote, reason: chosen };
  const sample = takeSample(text, { ...first.dialect, quote: quote.quote });
  const found =
    sample.width > 1
      ? `${nameOf(sample.dialect.delimiter)}: ${agreement(sample)}`
      : 'no comma, tab, semicolon or pipe splits the rows evenly: read as one column';
  return {
    sample,
    reasons: { delimiter: options.delimiter === undefined ? found : chosen, quote: quote.reason },
  };
}
