/** The working project: what the user chose on the way from a file to a run. Values only; commands change it. */
import { z } from 'zod';
import { useStore } from 'zustand';
import { persist } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';
import { METHODS, methodDefaults, trainingDefaults } from '../engine/catalog';
import {
  columnRolesSchema,
  dataConfigSchema,
  fixSchema,
  importOptionsSchema,
  type RunConfig,
  settingsRecord,
  splitSettingsSchema,
} from '../engine/core/config';
import type { Settings } from '../engine/core/fields';
import { type DataReport, dataSummarySchema } from '../workers/protocol';
import { jsonStorage, KEPT, kept, mergeKept } from './persistence';

const keptSchema = z.object({
  /** The file now open; null before the first one. Its bytes are kept by the worker under `hash`. */
  summary: dataSummarySchema.nullable(),
  /** Import options that the user set against what was detected. */
  importChanges: importOptionsSchema.partial(),
  roles: columnRolesSchema.nullable(),
  /** Roles that the user chose rather than Hone guessed. */
  rolesChosen: z.boolean(),
  fixes: z.array(fixSchema),
  split: splitSettingsSchema,
  /** How many of the rows are used, where a workshop says so; otherwise all. */
  sampling: dataConfigSchema.pick({ limit: true, perClass: true }).default({}),
  testFile: z.object({ name: z.string(), hash: z.string(), options: importOptionsSchema }).nullable(),
  /** Set when the data came from a sample card. */
  sample: z.string().nullable(),
  model: z.object({ id: z.string(), revision: z.string(), name: z.string() }).nullable(),
  methodId: z.string(),
  /** Changed values only, per method; everything else is the default. */
  methodSettings: z.record(z.string(), settingsRecord),
  trainingSettings: z.record(z.string(), settingsRecord),
  descriptions: z.record(z.string(), z.string()),
  backend: z.enum(['auto', 'webgpu', 'wasm']),
  baselines: z.boolean(),
  /** Steps the user has been to. */
  visited: z.array(z.string()),
});
type Kept = z.infer<typeof keptSchema>;

export interface Project extends Kept {
  /** The last check of the data; null until one has finished. */
  report: DataReport | null;
}

const DEFAULT_METHOD = METHODS[0]?.id ?? 'lora';

export const EMPTY_PROJECT: Project = {
  summary: null,
  importChanges: {},
  roles: null,
  rolesChosen: false,
  fixes: [],
  split: splitSettingsSchema.parse({}),
  sampling: {},
  testFile: null,
  sample: null,
  model: null,
  methodId: DEFAULT_METHOD,
  methodSettings: {},
  trainingSettings: {},
  descriptions: {},
  backend: 'auto',
  baselines: true,
  visited: [],
  report: null,
};

export const projectStore = createStore<Project>()(
  persist(() => EMPTY_PROJECT, {
    name: KEPT.project.key,
    version: KEPT.project.version,
    storage: jsonStorage<Kept>(),
    partialize: ({ report: _report, ...rest }): Kept => rest,
    merge: mergeKept(keptSchema),
  }),
);

export function useProject<T>(selector: (project: Project) => T): T {
  return useStore(projectStore, selector);
}

/**
 * Hashes of the files that the project needs: the one at hand, and the one kept for the next visit, which another
 * tab may have written since.
 */
export function dataInUse(): string[] {
  const stored = kept(KEPT.project.key, z.object({ state: keptSchema }));
  const projects = [projectStore.getState(), ...(stored.state === 'whole' ? [stored.value.state] : [])];
  const hashes = projects.flatMap(({ summary, testFile }) =>
    [summary?.hash ?? [], testFile?.hash ?? []].flat(),
  );
  return [...new Set(hashes)];
}

export type SettingGroup = 'method' | 'training';

/** The changed values of the chosen method, by group. */
export function changedSettings(project: Project, group: SettingGroup): Settings {
  const all = group === 'method' ? project.methodSettings : project.trainingSettings;
  return all[project.methodId] ?? {};
}

/** Every setting with its value in force: defaults of the method, overlaid by what was changed. */
export function settingsOf(project: Project): { method: Settings; training: Settings } {
  return {
    method: { ...methodDefaults(project.methodId), ...changedSettings(project, 'method') },
    training: { ...trainingDefaults(project.methodId), ...changedSettings(project, 'training') },
  };
}

/** Longest text the model will read, in tokens. */
export function maxLengthOf(project: Project): number {
  const value = settingsOf(project).training.maxLength;
  return typeof value === 'number' ? value : 64;
}

/** The run that the choices so far describe; null while the data, its roles or the model are missing. */
export function runConfigOf(project: Project): RunConfig | null {
  const { summary, roles, model } = project;
  if (!summary || !roles || !model) return null;
  return {
    version: 1,
    task: 'classify',
    data: {
      name: summary.name,
      hash: summary.hash,
      options: summary.options,
      roles,
      fixes: project.fixes,
      split: project.split,
      ...project.sampling,
      ...(project.testFile ? { testFile: project.testFile } : {}),
    },
    model: { id: model.id, revision: model.revision },
    method: { id: project.methodId, settings: { ...changedSettings(project, 'method') } },
    training: { ...changedSettings(project, 'training') },
    descriptions: project.descriptions,
    backend: project.backend,
    baselines: project.baselines,
  };
}
