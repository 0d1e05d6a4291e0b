/** Where a run's files lie, and reading them back with their schemas. One folder a run. */
import { z } from 'zod';
import { runConfigSchema } from '../core/config';
import { EngineError, toErrorData } from '../core/errors';
import { parseJson, readJson, writeJson } from '../core/jsonFiles';
import { type Predictions, predictionsSchema, type RunReport, runReportSchema } from '../core/report';
import {
  type FloatTensor,
  float32Entry,
  readFloat32,
  readSafetensors,
  writeSafetensors,
} from '../core/safetensors';
import type { Storage } from '../core/storage';
import { removeCheckpoints } from '../training/checkpoint';

const RUNS = 'runs';

const headSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  name: z.string(),
  createdAt: z.string(),
  config: runConfigSchema,
  guessed: z.record(z.string(), z.string()),
});
export type RunHead = z.infer<typeof headSchema>;

/** Ids are folder names: nothing in one may lead elsewhere. */
export function isRunId(id: string): boolean {
  return /^[\w-]{1,80}$/.test(id);
}

export function runFolder(id: string): string {
  if (!isRunId(id)) throw new TypeError(`bad run id ${id}`);
  return `${RUNS}/${id}`;
}

export async function listRunIds(storage: Storage): Promise<string[]> {
  return storage.list(RUNS);
}

export async function saveHead(storage: Storage, head: RunHead): Promise<void> {
  await writeJson(storage, `${runFolder(head.id)}/run.json`, head);
}

export async function loadHead(storage: Storage, id: string): Promise<RunHead | null> {
  return readJson(storage, `${runFolder(id)}/run.json`, headSchema);
}

/** A head as it lies in storage, whatever wrote it: undefined when there is none, null when it is no JSON. */
export async function readRunHead(storage: Storage, id: string): Promise<unknown> {
  if (!isRunId(id)) return undefined;
  const bytes = await storage.read(`${runFolder(id)}/run.json`);
  return bytes && parseJson(bytes);
}

export interface FinishedRun {
  report: RunReport;
  predictions: Predictions;
}

/** Report last: a folder with a report is a finished run. */
export async function saveFinished(
  storage: Storage,
  run: FinishedRun,
  trained: ReadonlyMap<string, FloatTensor>,
): Promise<void> {
  const folder = runFolder(run.report.id);
  await storage.write(`${folder}/trained.safetensors`, packTensors(trained));
  await writeJson(storage, `${folder}/predictions.json`, run.predictions);
  await writeJson(storage, `${folder}/report.json`, run.report);
}

/** The last step of a run: on a full disk its checkpoints, no longer needed, make room. @throws storage-full */
export async function storeResult(
  storage: Storage,
  run: FinishedRun,
  trained: ReadonlyMap<string, FloatTensor>,
): Promise<void> {
  const folder = runFolder(run.report.id);
  try {
    await saveFinished(storage, run, trained);
  } catch (error) {
    if (toErrorData(error).code !== 'storage-full') throw error;
    await removeCheckpoints(storage, folder);
    await saveFinished(storage, run, trained);
  }
  await removeCheckpoints(storage, folder);
}

export function packTensors(tensors: ReadonlyMap<string, FloatTensor>): Uint8Array {
  return writeSafetensors(
    new Map([...tensors].map(([name, { shape, data }]) => [name, float32Entry(shape, data)])),
  );
}

/** The new name in the run's head and, when finished, its report. @throws run-missing */
export async function renameRun(storage: Storage, id: string, name: string): Promise<void> {
  const head = await loadHead(storage, id);
  if (!head) throw missing(id);
  await saveHead(storage, { ...head, name });
  const report = await loadReport(storage, id);
  if (report) await writeJson(storage, `${runFolder(id)}/report.json`, { ...report, name });
}

export async function loadReport(storage: Storage, id: string): Promise<RunReport | null> {
  return readJson(storage, `${runFolder(id)}/report.json`, runReportSchema);
}

/** @throws run-missing */
export async function loadFinished(storage: Storage, id: string): Promise<FinishedRun> {
  const report = await loadReport(storage, id);
  const predictions = await readJson(storage, `${runFolder(id)}/predictions.json`, predictionsSchema);
  if (report && predictions) return { report, predictions };
  throw missing(id);
}

/** @throws run-missing */
export async function loadTrained(storage: Storage, id: string): Promise<Map<string, FloatTensor>> {
  const bytes = await storage.read(`${runFolder(id)}/trained.safetensors`);
  if (!bytes) throw missing(id);
  const stored = readSafetensors(bytes);
  return new Map([...stored.keys()].map((name) => [name, readFloat32(stored, name)]));
}

function missing(id: string): EngineError {
  return new EngineError({
    code: 'run-missing',
    message: 'This run is not stored in this browser any more, or is not finished.',
    hint: 'Open another run, or import its saved file.',
    details: { id },
  });
}
