/** What an export format is, and what every format needs to write its files. */
import type { ExportContent, ExportFile, ExportInput, ExportMeta, Snippet } from './input';

export interface ExportFormat {
  id: 'model' | 'adapter' | 'modules' | 'virtual';
  /** The Python library that opens it. */
  library: 'transformers' | 'peft';
  /** The format's own files without their content; sizes are exact. */
  files(meta: ExportMeta): ExportFile[];
  /** @throws missing-weights */
  contents(input: ExportInput): ExportContent[];
  snippets(meta: ExportMeta): Snippet[];
}

/** A file of text, compressed in the zip. */
export function textFile(path: string, text: string, opensIn: string): ExportContent {
  const bytes = new TextEncoder().encode(text);
  return { path, bytes: bytes.byteLength, opensIn, compress: true, parts: [bytes] };
}

/** The zip's name without its ending: the run's name with only letters, digits and dashes. */
export function folderName({ report }: ExportMeta): string {
  const name = report.name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60)
    .replace(/-$/, '');
  return name === '' ? 'hone-model' : name;
}
