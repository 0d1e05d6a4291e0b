/**
 * Everything the page may know of the engine, free of TensorFlow.js: specs, defaults, and the checks of a
 * config against them. Adding a method or a setting changes nothing here.
 */
import type { RunConfig } from './core/config';
import { EngineError } from './core/errors';
import { defaultsOf, type Field, type Settings, settingsSchema } from './core/fields';
import { trainingFieldsWith } from './training/spec';
import type { MethodSpec } from './tuning/spec';
import { isMethodId, METHOD_SPECS } from './tuning/specs';

export const METHODS: readonly MethodSpec[] = Object.values(METHOD_SPECS);

/** @throws unknown-method */
export function methodSpec(id: string): MethodSpec {
  if (isMethodId(id)) return METHOD_SPECS[id];
  throw new EngineError({
    code: 'unknown-method',
    message: `There is no tuning method “${id}”.`,
    hint: `Choose one of: ${Object.keys(METHOD_SPECS).join(', ')}.`,
  });
}

/** The training fields with the method's own defaults in place. */
export function trainingFields(methodId: string): readonly Field[] {
  return trainingFieldsWith(methodSpec(methodId).trainingDefaults);
}

export function trainingDefaults(methodId: string): Settings {
  return defaultsOf(trainingFields(methodId));
}

export function methodDefaults(methodId: string): Settings {
  return defaultsOf(methodSpec(methodId).fields);
}

export interface ValidSettings {
  method: Settings;
  training: Settings;
}

/** Fills defaults and checks every setting. @throws unknown-method, bad-setting (naming the field and its range) */
export function validateSettings(config: Pick<RunConfig, 'method' | 'training'>): ValidSettings {
  const spec = methodSpec(config.method.id);
  return {
    method: parseSettings(spec.fields, config.method.settings, `method ${spec.id}`),
    training: parseSettings(trainingFields(spec.id), config.training, 'training'),
  };
}

function parseSettings(fields: readonly Field[], values: unknown, where: string): Settings {
  const parsed = settingsSchema(fields).safeParse(values);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const key = String(issue?.path[0] ?? '');
  const field = fields.find((candidate) => candidate.key === key);
  const range = field?.kind === 'number' ? ` It must lie between ${field.min} and ${field.max}.` : '';
  throw new EngineError({
    code: 'bad-setting',
    message: `${where}: ${field ? `“${field.term}”` : 'a setting'} is not usable: ${issue?.message ?? 'invalid'}.`,
    hint: `Put it back to its default, or choose another value.${range}`,
    details: { field: key },
  });
}
