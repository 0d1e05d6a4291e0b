/** What an export format is, and what every format needs to write its files. */
import { parse, stringify } from 'lossless-json';
import { z } from 'zod';
import { EngineError } from '../core/errors';
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

/**
 * A JSON object of the base's, its numbers as they are written: transformers takes 2.0 for a float and refuses 2.
 * @throws bad-model-config
 */
export function readJson(name: string, text: string): Record<string, unknown> {
  try {
    return z.looseObject({}).parse(parse(text));
  } catch (cause) {
    throw new EngineError(
      {
        code: 'bad-model-config',
        message: `${name} of the model is not a JSON object.`,
        hint: 'Choose the model again; its files may have been cut short.',
      },
      { cause },
    );
  }
}

export function jsonFile(path: string, value: unknown, opensIn: string): ExportContent {
  return textFile(path, `${stringify(value, null, 2)}\n`, opensIn);
}

/** The zip's name without its ending. */
export function folderName({ report }: ExportMeta): string {
  return fileStem(report.name, 'hone-model');
}

/** What people called something, with only letters, digits and dashes; `otherwise` where none is left. */
export function fileStem(name: string, otherwise: string): string {
  const stem = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60)
    .replace(/-$/, '');
  return stem === '' ? otherwise : stem;
}
