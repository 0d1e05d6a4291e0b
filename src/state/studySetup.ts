/** What the next study is to ask: ways, their settings, and the questions that only the user can answer. */
import { z } from 'zod';
import { useStore } from 'zustand';
import { persist } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';
import type { ArmSpec } from '../engine/arms/spec';
import { ARMS, armSpec } from '../engine/arms/specs';
import type { Settings } from '../engine/core/fields';
import {
  type ArmChoice,
  armChoiceSchema,
  basisOf,
  isDone,
  type StudyConfig,
  type StudyReport,
  sameArm,
  situationSchema,
} from '../engine/core/study';
import { jsonStorage, KEPT, mergeKept } from './persistence';
import { type Project, runConfigOf } from './project';

const settings = z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.array(z.string())]));

const setupSchema = z.object({
  /** Keys of the chosen ways; null = the usual ones. */
  on: z.array(z.string()).nullable(),
  /** Second and further ones of a way, with other settings. */
  copies: z.array(armChoiceSchema.pick({ key: true, arm: true })),
  /** Changed values only, by key. */
  settings: z.record(z.string(), settings),
  training: z.record(z.string(), settings),
  /** Null = the first of the usual references that is chosen. */
  reference: z.string().nullable(),
  curve: z.object({
    on: z.boolean(),
    /** Null = those that train and were chosen. */
    arms: z.array(z.string()).nullable(),
    sizes: z.array(z.number().int().min(2)).min(1).max(12),
    draws: z.number().int().min(1).max(10),
  }),
  /** Example texts by label; those of labels that the data does not have are left out. */
  examples: z.record(z.string(), z.array(z.string())),
  pricePerMillion: z.number().min(0).max(10_000),
  situation: situationSchema.nullable(),
});
export type StudySetup = z.infer<typeof setupSchema>;

export const USUAL_CURVE: StudySetup['curve'] = {
  on: false,
  arms: null,
  sizes: [10, 30, 100, 300],
  draws: 3,
};

export const EMPTY_SETUP: StudySetup = {
  on: null,
  copies: [],
  settings: {},
  training: {},
  reference: null,
  curve: USUAL_CURVE,
  examples: {},
  pricePerMillion: 0.15,
  situation: null,
};

export const studySetupStore = createStore<StudySetup>()(
  persist(() => EMPTY_SETUP, {
    name: KEPT.studySetup.key,
    version: KEPT.studySetup.version,
    storage: jsonStorage<StudySetup>(),
    merge: mergeKept(setupSchema),
  }),
);

export function useStudySetup<T>(selector: (setup: StudySetup) => T): T {
  return useStore(studySetupStore, selector);
}

/** From the cheapest to the dearest, one of each kind. */
const USUAL = ['majority', 'tfidf', 'zero-shot', 'few-shot', 'head', 'lora', 'full'];
/** The prompt that costs least is what everything else has to beat. */
const REFERENCES = ['few-shot', 'zero-shot', 'majority'];
const MOST_ARMS = 40;

export interface SetupArm {
  key: string;
  spec: ArmSpec;
  on: boolean;
}

/** Every way there is, each followed by its copies. */
export function setupArms({ on, copies }: Pick<StudySetup, 'on' | 'copies'>): SetupArm[] {
  const chosen = new Set(on ?? USUAL);
  return ARMS.flatMap((spec) =>
    [spec.id, ...copies.filter(({ arm }) => arm === spec.id).map(({ key }) => key)].map((key) => ({
      key,
      spec,
      on: chosen.has(key),
    })),
  );
}

/** The chosen ways in the order in which they run. */
export function chosenArms(setup: StudySetup): SetupArm[] {
  return setupArms(setup).filter(({ on }) => on);
}

/** The key of the way that the others are compared with. */
export function referenceOf(setup: StudySetup): string | null {
  const keys = chosenArms(setup).map(({ key }) => key);
  return [setup.reference, ...REFERENCES, keys[0]].find((key) => key && keys.includes(key)) ?? null;
}

/** The ways that can be drawn against the number of training rows: they learn, and ask nobody who wants paying. */
export function drawableArms(setup: StudySetup): SetupArm[] {
  return chosenArms(setup).filter(({ spec }) => spec.learns && spec.reach === 'tab');
}

/** Keys of the ways drawn against the number of training rows. */
export function curveArms(setup: StudySetup): string[] {
  const wanted = setup.curve.arms;
  return drawableArms(setup)
    .filter(({ key }) => wanted?.includes(key) ?? true)
    .map(({ key }) => key);
}

/** A key for another one of a way: 'lora-2'; null when there are too many. */
export function copyKey({ copies }: Pick<StudySetup, 'copies'>, arm: string): string | null {
  for (let n = 2; n <= MOST_ARMS; n++) {
    const key = `${arm}-${n}`;
    if (!copies.some((copy) => copy.key === key) && !ARMS.some(({ id }) => id === key)) return key;
  }
  return null;
}

/** Training fields that hold for every way alike, because all are compared on the same texts. */
export const SHARED_FIELDS = ['maxLength'];

export function without(values: Settings, keys: readonly string[]): Settings {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));
}

/** The study that the choices describe; null while the data, its roles, the model or the ways are missing. */
export function studyConfigOf(project: Project, setup: StudySetup): StudyConfig | null {
  const run = runConfigOf(project);
  const reference = referenceOf(setup);
  if (!run || reference === null) return null;
  const shared = Object.fromEntries(
    Object.entries(run.training).filter(([key]) => SHARED_FIELDS.includes(key)),
  );
  const labels = project.report?.classes.map(({ label }) => label) ?? [];
  const arms = curveArms(setup);
  return {
    version: 1,
    task: 'classify',
    data: run.data,
    model: run.model,
    training: shared,
    descriptions: run.descriptions,
    examples: Object.fromEntries(
      labels.flatMap((label) => {
        const texts = setup.examples[label] ?? [];
        return texts.length > 0 ? [[label, texts]] : [];
      }),
    ),
    backend: run.backend,
    arms: chosenArms(setup).map(({ key, spec }) => choiceOf(setup, key, spec)),
    reference,
    curve:
      setup.curve.on && arms.length > 0 ? { arms, sizes: setup.curve.sizes, draws: setup.curve.draws } : null,
    pricePerMillion: setup.pricePerMillion,
    situation: setup.situation,
  };
}

/** A way with its settings as chosen now. */
export function choiceOf(setup: StudySetup, key: string, spec: ArmSpec): ArmChoice {
  return {
    key,
    arm: spec.id,
    settings: setup.settings[key] ?? {},
    training: spec.trains
      ? ({ ...without(setup.training[key] ?? {}, SHARED_FIELDS) } as ArmChoice['training'])
      : {},
  };
}

/** The arms of a config that have not come to their end in a stored study. */
export function armsToCome(report: StudyReport, config: StudyConfig): ArmChoice[] {
  const finished = report.arms.filter(isDone).map(({ id }) => id);
  return config.arms.filter(({ key }) => !finished.includes(key));
}

/**
 * Whether a stored study can go on under this config with its finished arms kept: the same rows, model, words and
 * settings, so that they would come out as they did.
 */
export function goesOn(report: StudyReport, config: StudyConfig): boolean {
  if (basisOf(report.config) !== basisOf(config)) return false;
  const before = new Map(report.config.arms.map((choice) => [choice.key, choice]));
  const finished = new Set(report.arms.flatMap(({ id, status }) => (status === 'finished' ? [id] : [])));
  return config.arms.every((choice) => {
    const earlier = before.get(choice.key);
    return !finished.has(choice.key) || (earlier !== undefined && sameArm(earlier, choice));
  });
}

/** 'Adapter (LoRA)', or 'Adapter (LoRA) 2' for a second one. */
export function armName({ key, arm }: Pick<ArmChoice, 'key' | 'arm'>): string {
  const known = ARMS.some(({ id }) => id === arm);
  const label = known ? armSpec(arm).label : arm;
  return key === arm ? label : `${label} ${key.slice(arm.length + 1)}`;
}
