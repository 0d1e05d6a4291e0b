/** Why a setting cannot be used, in plain words. The judgement is the spec's own schema; only the wording is here. */
import { type Field, type Settings, type SettingValue, settingsSchema } from '../../engine/core/fields';

/** Undefined when the value is fine. */
export function fieldError(field: Field, value: SettingValue | undefined): string | undefined {
  if (value === undefined || settingsSchema([field]).safeParse({ [field.key]: value }).success)
    return undefined;
  switch (field.kind) {
    case 'number': {
      const unit = field.unit ? ` ${field.unit}` : '';
      const kind = field.integer ? 'a whole number' : 'a number';
      return `Give ${kind} from ${bound(field.min)} to ${bound(field.max)}${unit}.`;
    }
    case 'layers':
      return 'At least one layer has to train.';
    case 'many':
      return 'Choose at least one.';
    case 'choice':
      return `Choose one of: ${field.options.map((option) => option.label).join(', ')}.`;
    case 'switch':
      return 'Choose on or off.';
    case 'text':
      return `Write at most ${bound(field.maxLength)} characters.`;
    default:
      return field satisfies never;
  }
}

function bound(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : value.toLocaleString('en');
}

/** Keys of the fields whose values the schema refuses. */
export function invalidKeys(fields: readonly Field[], values: Settings): string[] {
  return fields
    .filter((field) => fieldError(field, values[field.key]) !== undefined)
    .map((field) => field.key);
}

/** Whether a value differs from the field's default (lists compare by content). */
export function isChanged(field: Field, value: SettingValue | undefined): boolean {
  if (value === undefined) return false;
  if (field.kind !== 'many' || !Array.isArray(value)) return value !== field.default;
  const given = new Set<string>(value);
  return given.size !== field.default.length || field.default.some((item) => !given.has(item));
}
