/** The arms, one line each; every tuning method is one by itself. */
import { EngineError } from '../core/errors';
import { type Field, type Settings, settingsSchema } from '../core/fields';
import { staysInside } from '../core/outside';
import type { ArmChoice } from '../core/study';
import { trainingFieldsWith } from '../training/spec';
import { isMethodId, METHOD_SPECS } from '../tuning/specs';
import { browserModelSpec } from './browserModel/spec';
import { endpointSpec } from './endpoint/spec';
import { fewShotSpec } from './fewShot/spec';
import { majoritySpec } from './majority/spec';
import { methodArmSpec } from './method/spec';
import { promptedLoraSpec } from './promptedLora/spec';
import type { ArmSpec } from './spec';
import { tfidfSpec } from './tfidf/spec';
import { zeroShotSpec } from './zeroShot/spec';

export const OWN_ARM_SPECS = {
  majority: majoritySpec,
  tfidf: tfidfSpec,
  'zero-shot': zeroShotSpec,
  'few-shot': fewShotSpec,
  endpoint: endpointSpec,
  'browser-model': browserModelSpec,
} as const satisfies Record<string, ArmSpec>;

/** Tuning methods with a start of their own. */
const PRESET_ARM_SPECS: readonly ArmSpec[] = [promptedLoraSpec];

export const ARMS: readonly ArmSpec[] = [
  ...Object.values(OWN_ARM_SPECS),
  ...Object.values(METHOD_SPECS).map(methodArmSpec),
  ...PRESET_ARM_SPECS,
];

/** @throws unknown-arm */
export function armSpec(id: string): ArmSpec {
  const found = ARMS.find((spec) => spec.id === id);
  if (found) return found;
  throw new EngineError({
    code: 'unknown-arm',
    message: `There is no arm “${id}”.`,
    hint: `Choose from: ${ARMS.map((spec) => spec.id).join(', ')}.`,
  });
}

/** Whether an arm with these settings, defaults in place, sends rows past this computer and its private network. */
export function sendsOutside({ reach }: Pick<ArmSpec, 'reach'>, settings: Settings): boolean {
  return reach === 'network' && !staysInside(String(settings.address ?? ''));
}

/** The choice's settings with defaults in place. @throws unknown-arm, bad-setting */
export function armSettings(choice: Pick<ArmChoice, 'arm' | 'settings'>): Settings {
  const { fields, label } = armSpec(choice.arm);
  const parsed = settingsSchema(fields).safeParse(choice.settings);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = fields.find(({ key }) => key === issue?.path[0]);
  throw new EngineError({
    code: 'bad-setting',
    message: `${label}: ${field ? `“${field.term}”` : 'a setting'} is not usable: ${issue?.message ?? 'invalid'}.`,
    hint: 'Put it back to its default, or choose another value.',
    details: { field: String(issue?.path[0] ?? '') },
  });
}

/** The training fields of an arm with its own defaults in place; none for arms that do not train. */
export function armTrainingFields({ trains }: Pick<ArmSpec, 'trains'>): readonly Field[] {
  if (!trains || !isMethodId(trains.method)) return [];
  return trainingFieldsWith({ ...METHOD_SPECS[trains.method].trainingDefaults, ...trains.training });
}

/**
 * What each arm of a study is called, by key: its label, and where there are several of one arm the settings in which
 * they differ ('Adapter (LoRA), Rank 4'); the number in its key where those are alike too.
 */
export function armNames(choices: readonly ArmChoice[]): Readonly<Record<string, string>> {
  const names = choices.map((choice) => {
    const copies = choices.filter(({ arm }) => arm === choice.arm);
    return {
      key: choice.key,
      arm: choice.arm,
      name: [labelOf(choice), ...ownSettings(choice, copies)].join(', '),
    };
  });
  return Object.fromEntries(
    names.map(({ key, arm, name }) => {
      const alone = names.filter((other) => other.name === name).length === 1;
      return [key, alone || key === arm ? name : `${name} ${key.slice(arm.length + 1)}`];
    }),
  );
}

/** The arm's id where a later version dropped it. */
function labelOf({ arm }: ArmChoice): string {
  return ARMS.find(({ id }) => id === arm)?.label ?? arm;
}

/** Enough of a prompt to know it by. */
const MOST_LETTERS = 24;

/** The choice's values, in words, of the settings in which its copies differ. */
function ownSettings({ arm, settings, training }: ArmChoice, copies: readonly ArmChoice[]): string[] {
  const spec = ARMS.find(({ id }) => id === arm);
  if (!spec) return [];
  const said = (field: Field, given: Settings): string => {
    const value = String(given[field.key] ?? field.default);
    return value.length > MOST_LETTERS ? `${value.slice(0, MOST_LETTERS)}…` : value;
  };
  const differing = (fields: readonly Field[], of: (copy: ArmChoice) => Settings): readonly Field[] =>
    fields.filter(
      (field) => new Set(copies.map((copy) => JSON.stringify(of(copy)[field.key] ?? field.default))).size > 1,
    );
  return [
    ...differing(spec.fields, (copy) => copy.settings).map(
      (field) => `${field.label} ${said(field, settings)}`,
    ),
    ...differing(armTrainingFields(spec), (copy) => copy.training).map(
      (field) => `${field.label} ${said(field, training)}`,
    ),
  ];
}
