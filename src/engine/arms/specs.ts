/** The arms, one line each; every tuning method is one by itself. */
import { EngineError } from '../core/errors';
import { type Settings, settingsSchema } from '../core/fields';
import { staysInside } from '../core/outside';
import type { ArmChoice } from '../core/study';
import { METHOD_SPECS } from '../tuning/specs';
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
