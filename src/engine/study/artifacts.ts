/** Where a study's files lie, and reading them back with their schemas. One folder a study, one file an arm. */
import { z } from 'zod';
import { readJson, writeJson } from '../core/jsonFiles';
import type { Storage } from '../core/storage';
import {
  armChoiceSchema,
  armReportSchema,
  curvePointSchema,
  type StudyReport,
  type StudyRows,
  studyConfigSchema,
  studyReportSchema,
  studyRowsSchema,
} from '../core/study';

const STUDIES = 'studies';

const headSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  name: z.string(),
  createdAt: z.string(),
  config: studyConfigSchema,
  guessed: z.record(z.string(), z.string()),
  /** Arms asked earlier and left out since: what is stored under their keys is the answer to these. */
  dropped: z.array(armChoiceSchema).default([]),
});
export type StudyHead = z.infer<typeof headSchema>;

const armFileSchema = z.object({
  report: armReportSchema,
  /** Class index by test row, -1 = no usable answer, null = not asked; null for an arm that gave none. */
  predicted: z.array(z.number().nullable()).nullable(),
  confidence: z.array(z.number().nullable()).nullable(),
  /** What an arm that was cut short goes on with; the arm alone reads it. */
  kept: z.unknown().optional(),
});
export type ArmFile = z.infer<typeof armFileSchema>;

/** Ids are folder names: nothing in one may lead elsewhere, and with an arm's key one is a run's. */
export function isStudyId(id: string): boolean {
  return /^[\w-]{1,39}$/.test(id);
}

export function studyFolder(id: string): string {
  if (!isStudyId(id)) throw new TypeError(`bad study id ${id}`);
  return `${STUDIES}/${id}`;
}

/** The run that an arm of a study is stored as. */
export function armRunId(study: string, key: string): string {
  return `${study}-${key}`;
}

export const listStudyIds = (storage: Storage): Promise<string[]> => storage.list(STUDIES);

export const saveStudyHead = (storage: Storage, head: StudyHead): Promise<void> =>
  writeJson(storage, `${studyFolder(head.id)}/study.json`, head);

export const loadStudyHead = (storage: Storage, id: string): Promise<StudyHead | null> =>
  readJson(storage, `${studyFolder(id)}/study.json`, headSchema);

export const saveArm = (storage: Storage, id: string, arm: ArmFile): Promise<void> =>
  writeJson(storage, `${studyFolder(id)}/arm-${arm.report.id}.json`, arm);

export const loadArmFile = (storage: Storage, id: string, key: string): Promise<ArmFile | null> =>
  readJson(storage, `${studyFolder(id)}/arm-${key}.json`, armFileSchema);

const keptPath = (id: string, key: string): string => `${studyFolder(id)}/kept-${key}.json`;

const keptSchema = z.object({ kept: z.unknown() });

/** What an arm under way goes on with; its own file, once it has one, takes this one's place. */
export const saveKept = (storage: Storage, id: string, key: string, kept: unknown): Promise<void> =>
  writeJson(storage, keptPath(id, key), { kept });

/** Null when nothing was kept. */
export async function loadKept(storage: Storage, id: string, key: string): Promise<unknown> {
  return (await readJson(storage, keptPath(id, key), keptSchema))?.kept ?? null;
}

export const removeKept = (storage: Storage, id: string, key: string): Promise<void> =>
  storage.remove(keptPath(id, key));

const curveSchema = z.array(curvePointSchema);

export const saveCurve = (storage: Storage, id: string, points: z.infer<typeof curveSchema>): Promise<void> =>
  writeJson(storage, `${studyFolder(id)}/curve.json`, points);

export async function loadCurve(storage: Storage, id: string): Promise<z.infer<typeof curveSchema>> {
  return (await readJson(storage, `${studyFolder(id)}/curve.json`, curveSchema)) ?? [];
}

export const saveRows = (storage: Storage, id: string, rows: StudyRows): Promise<void> =>
  writeJson(storage, `${studyFolder(id)}/rows.json`, rows);

export const loadRows = (storage: Storage, id: string): Promise<StudyRows | null> =>
  readJson(storage, `${studyFolder(id)}/rows.json`, studyRowsSchema);

export const saveStudyReport = (storage: Storage, report: StudyReport): Promise<void> =>
  writeJson(storage, `${studyFolder(report.id)}/report.json`, report);

export const loadStudyReport = (storage: Storage, id: string): Promise<StudyReport | null> =>
  readJson(storage, `${studyFolder(id)}/report.json`, studyReportSchema);
