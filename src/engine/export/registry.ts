/** Export formats, one line each, and the two things done with them: show what will be written, and write it. */
import { adapterFormat } from './adapter';
import { modelCard } from './card';
import { type ExportFormat, folderName, jsonFile, textFile } from './format';
import type { ExportContent, ExportFile, ExportInput, ExportMeta, Snippet } from './input';
import { mergedFormat } from './merged';
import { modulesFormat } from './modules';
import { predictionsCsv } from './predictionsCsv';
import { virtualFormat } from './virtual';
import { type ZipOptions, zipFiles } from './zip';

const EXPORT_FORMATS: Readonly<Record<ExportFormat['id'], ExportFormat>> = {
  model: mergedFormat,
  adapter: adapterFormat,
  virtual: virtualFormat,
  modules: modulesFormat,
};

export interface ExportPreview {
  /** File name of the zip. */
  name: string;
  files: { path: string; bytes: number; opensIn: string }[];
  /** Markdown of README.md. */
  card: string;
  snippets: Snippet[];
}

/** The exact list of files, sizes before zipping, without touching a weight. */
export function previewExport(meta: ExportMeta): ExportPreview {
  const format = formatOf(meta);
  const own = format.files(meta);
  const { files, card } = sharedFiles(meta, format, own);
  return {
    name: `${folderName(meta)}.zip`,
    files: [...own, ...files].map(({ path, bytes, opensIn }) => ({ path, bytes, opensIn })),
    card,
    snippets: snippetsOf(meta, format),
  };
}

/** The zip. Its files are those of the preview. @throws missing-weights, export-too-large */
export async function buildExport(
  input: ExportInput,
  options: Pick<ZipOptions, 'onProgress' | 'signal'> = {},
): Promise<{ name: string; bytes: Uint8Array<ArrayBuffer> }> {
  const format = formatOf(input);
  const own = format.contents(input);
  const { files } = sharedFiles(input, format, own);
  const bytes = await zipFiles([...own, ...files], {
    ...options,
    modified: new Date(input.report.finished_at),
  });
  return { name: `${folderName(input)}.zip`, bytes };
}

/** What was trained beside the base stays beside it, in peft's form where peft has one. */
function formatOf({ adapter, virtual }: ExportMeta): ExportFormat {
  if (virtual) return EXPORT_FORMATS.virtual;
  if (adapter === null) return EXPORT_FORMATS.model;
  return EXPORT_FORMATS[adapter.peft === null ? 'modules' : 'adapter'];
}

/** What every export carries beside its weights. */
function sharedFiles(
  meta: ExportMeta,
  format: ExportFormat,
  own: readonly ExportFile[],
): { files: ExportContent[]; card: string } {
  const { report, predictions } = meta;
  const labels = report.data.classes.map((label, id) => ({
    id,
    label,
    training_rows: report.data.train_counts[id],
  }));
  const data = [
    jsonFile('labels.json', labels, 'any program: label of each output'),
    textFile('predictions.csv', predictionsCsv(predictions), 'a spreadsheet, pandas'),
    jsonFile('hone-run.json', report, 'any program: settings and scores'),
  ];
  const card = modelCard(meta, format.library, [...own, ...data], snippetsOf(meta, format));
  return { files: [...data, textFile('README.md', card, 'people, the Hugging Face Hub')], card };
}

function snippetsOf(meta: ExportMeta, format: ExportFormat): Snippet[] {
  return [
    ...format.snippets(meta),
    {
      title: 'Reopen in Hone',
      language: 'text',
      code: 'Under “Runs”, “Save as a file” writes this run as a .hone file; “Open a run from a file” reads it in any Hone.\n',
    },
  ];
}
