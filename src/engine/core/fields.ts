/**
 * A setting described once. Forms, defaults, validation, saved files and the command line's options all come
 * from these descriptions; nothing about a setting is typed twice.
 */
import { z } from 'zod';

interface FieldBase {
  /** Property name in the settings object. */
  key: string;
  /** Plain words, for the form: 'Passes over the data'. */
  label: string;
  /** The field's standard term: 'Epochs'. */
  term: string;
  /** One or two sentences, shown on hover: what it does and when to change it. */
  help: string;
  level: 'simple' | 'expert';
  /** Command-line option without dashes; absent when the option makes no sense headless. */
  option?: string;
}

export interface NumberField extends FieldBase {
  kind: 'number';
  default: number;
  min: number;
  max: number;
  step: number;
  integer: boolean;
  /** A logarithmic control suits values that span decades (learning rates). */
  scale?: 'log';
  unit?: string;
}

export interface ChoiceField extends FieldBase {
  kind: 'choice';
  default: string;
  options: readonly { value: string; label: string; help: string }[];
}

export interface SwitchField extends FieldBase {
  kind: 'switch';
  default: boolean;
}

/** Several of a fixed list (LoRA's target matrices). */
export interface ManyField extends FieldBase {
  kind: 'many';
  default: readonly string[];
  options: readonly { value: string; label: string; help: string }[];
}

/** How many of the last layers train; drawn as a picture of the model. The maximum is the model's layers. */
export interface LayersField extends FieldBase {
  kind: 'layers';
  default: number;
}

/** Words: an address, a name, or a prompt of several lines. */
export interface TextField extends FieldBase {
  kind: 'text';
  default: string;
  /** In UTF-16 units, as browsers count. */
  maxLength: number;
  multiline?: boolean;
  placeholder?: string;
}

export type Field = NumberField | ChoiceField | SwitchField | ManyField | LayersField | TextField;
export type SettingValue = number | string | boolean | readonly string[];
export type Settings = Readonly<Record<string, SettingValue>>;

export function defaultsOf(fields: readonly Field[]): Settings {
  return Object.fromEntries(fields.map((field) => [field.key, field.default]));
}

function schemaOf(field: Field): z.ZodType<SettingValue> {
  switch (field.kind) {
    case 'number': {
      const number = field.integer ? z.number().int() : z.number();
      return number.min(field.min).max(field.max);
    }
    case 'layers':
      return z.number().int().min(1).max(200);
    case 'choice':
      return z.enum(field.options.map((option) => option.value) as [string, ...string[]]);
    case 'switch':
      return z.boolean();
    case 'text':
      return z.string().max(field.maxLength);
    case 'many':
      return z.array(z.enum(field.options.map((option) => option.value) as [string, ...string[]])).min(1);
    default:
      return field satisfies never;
  }
}

/** A strict schema over the fields: unknown keys are refused, missing ones take the default. */
export function settingsSchema(fields: readonly Field[]): z.ZodType<Settings> {
  const shape = Object.fromEntries(
    fields.map((field) => [field.key, schemaOf(field).default(field.default as never)]),
  );
  return z.strictObject(shape) as unknown as z.ZodType<Settings>;
}
