/**
 * A finished run as one `.hone` file: a zip in which nothing is compressed, so that its contents can never be
 * larger than the file. Every entry is named and hashed by the manifest `hone.json`.
 */
import { type UnzipFileInfo, unzipSync } from 'fflate';
import { z } from 'zod';
import { EngineError } from '../core/errors';
import { type Predictions, predictionsSchema, type RunReport, runReportSchema } from '../core/report';
import { readSafetensors, safetensorsParts, type TensorEntry } from '../core/safetensors';
import { type ZipOptions, zipFiles } from './zip';

export interface SavedRun {
  report: RunReport;
  predictions: Predictions;
  /** What training changed; the base is found by `report.model.id`. */
  tensors: ReadonlyMap<string, TensorEntry>;
}

const VERSION = 1;
const MANIFEST = 'hone.json';
const REPORT = 'report.json';
const PREDICTIONS = 'predictions.json';
const WEIGHTS = 'weights.safetensors';
const CONTENTS = [REPORT, PREDICTIONS, WEIGHTS] as const;
const MAX_BYTES = 2 ** 31;
const MAX_MANIFEST_BYTES = 2 ** 16;

const manifestSchema = z.object({
  format: z.literal('hone-run'),
  version: z.number().int(),
  /** SHA-256 of each entry, hex. */
  sha256: z.strictObject({ [REPORT]: z.string(), [PREDICTIONS]: z.string(), [WEIGHTS]: z.string() }),
});

/** The `.hone` file of a run. */
export async function packRun(
  run: SavedRun,
  options: Pick<ZipOptions, 'onProgress' | 'signal'> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Record<(typeof CONTENTS)[number], Uint8Array[]> = {
    [REPORT]: [encode(run.report)],
    [PREDICTIONS]: [encode(run.predictions)],
    [WEIGHTS]: safetensorsParts(run.tensors),
  };
  const sha256: Record<string, string> = {};
  for (const path of CONTENTS) sha256[path] = await hashOf(new Blob(parts[path] as BlobPart[]));
  const manifest = encode({ format: 'hone-run', version: VERSION, sha256 });
  const entries = [
    { path: MANIFEST, parts: [manifest], compress: false },
    ...CONTENTS.map((path) => ({ path, parts: parts[path], compress: false })),
  ];
  return zipFiles(entries, { ...options, modified: new Date(run.report.finished_at) });
}

/**
 * Reads a `.hone` file. Nothing is trusted: entries, sizes, hashes, shapes and the agreement of predictions with
 * the report are checked. @throws bad-run-file, newer-run-file, bad-safetensors
 */
export async function unpackRun(bytes: Uint8Array): Promise<SavedRun> {
  const entries = entriesOf(bytes);
  const take = (path: string): Uint8Array => {
    const entry = entries[path];
    if (entry === undefined) throw refuse(`it holds no ${path}`);
    return entry;
  };
  const raw = decode(take(MANIFEST), MANIFEST);
  const manifest = manifestSchema.safeParse(raw);
  if (!manifest.success) throw refuse(`its ${MANIFEST} is not that of a run`);
  if (manifest.data.version > VERSION) {
    throw new EngineError({
      code: 'newer-run-file',
      message: `This run was saved by a newer Hone (file version ${manifest.data.version}; this one reads ${VERSION}).`,
      hint: 'Update Hone, then open the file again.',
    });
  }
  for (const path of CONTENTS) {
    const found = await hashOf(new Blob([take(path)] as BlobPart[]));
    if (found !== manifest.data.sha256[path]) throw refuse(`its ${path} was changed or damaged after saving`);
  }
  const report = runReportSchema.safeParse(decode(take(REPORT), REPORT));
  if (!report.success) throw refuse(`its ${REPORT} has a wrong value at “${placeOf(report.error)}”`);
  const predictions = predictionsSchema.safeParse(decode(take(PREDICTIONS), PREDICTIONS));
  if (!predictions.success) {
    throw refuse(`its ${PREDICTIONS} has a wrong value at “${placeOf(predictions.error)}”`);
  }
  checkAgreement(report.data, predictions.data);
  return { report: report.data, predictions: predictions.data, tensors: readSafetensors(take(WEIGHTS)) };
}

function entriesOf(bytes: Uint8Array): Record<string, Uint8Array> {
  const seen = new Set<string>();
  let total = 0;
  const allow = ({ name, size, originalSize, compression }: UnzipFileInfo): boolean => {
    if (name !== MANIFEST && !CONTENTS.some((path) => path === name)) {
      throw refuse(`it holds “${name.slice(0, 80)}”, which no run has`);
    }
    if (seen.has(name)) throw refuse(`it holds ${name} twice`);
    seen.add(name);
    if (compression !== 0 || size !== originalSize) {
      throw refuse(`${name} is compressed, so another program has packed it again`);
    }
    total += size;
    if (total > Math.min(MAX_BYTES, bytes.byteLength) || (name === MANIFEST && size > MAX_MANIFEST_BYTES)) {
      throw refuse(`${name} claims ${size} bytes, the whole file has ${bytes.byteLength}`);
    }
    return true;
  };
  try {
    return unzipSync(bytes, { filter: allow });
  } catch (thrown) {
    if (thrown instanceof EngineError) throw thrown;
    throw refuse('it is no zip file, or was cut short', thrown);
  }
}

/** Probabilities for every class, and classes that exist. */
function checkAgreement({ data }: RunReport, { classes, rows }: Predictions): void {
  if (classes.join('\n') !== data.classes.join('\n')) {
    throw refuse('its predictions and its report name different labels');
  }
  for (const { line, expected, before, after, head } of rows) {
    const complete = [before, after, head ?? after].every(({ length }) => length === classes.length);
    if (!complete || !Number.isInteger(expected) || expected < 0 || expected >= classes.length) {
      throw refuse(`its prediction for line ${line} does not fit its ${classes.length} labels`);
    }
  }
}

function refuse(reason: string, cause?: unknown): EngineError {
  return new EngineError(
    {
      code: 'bad-run-file',
      message: `This is not a run that Hone can open: ${reason}.`,
      hint: 'Choose a .hone file as Hone saved it. If it is one, save it again where it was made.',
    },
    { cause },
  );
}

function placeOf(error: z.ZodError): string {
  return error.issues[0]?.path.join('.') ?? '';
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function decode(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw refuse(`its ${path} is not JSON`, cause);
  }
}

async function hashOf(content: Blob): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await content.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
