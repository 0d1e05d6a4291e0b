/** What a run was made with, and where it departs from the defaults. */
import { methodSpec, trainingFields } from '../../engine/catalog';
import type { RunConfig } from '../../engine/core/config';
import type { Field, SettingValue } from '../../engine/core/fields';
import { isMethodId } from '../../engine/tuning/specs';

export interface ChangedSetting {
  key: string;
  label: string;
  term: string;
  value: string;
  usual: string;
}

/** A value as the page writes it. */
export function shownSetting(field: Field, value: SettingValue): string {
  switch (field.kind) {
    case 'number':
      return `${value}${field.unit ? ` ${field.unit}` : ''}`;
    case 'choice':
      return field.options.find((option) => option.value === value)?.label ?? String(value);
    case 'many':
      return Array.isArray(value) ? value.join(', ') : String(value);
    case 'switch':
      return value === true ? 'on' : 'off';
    case 'layers':
    case 'text':
      return String(value);
    default:
      return field satisfies never;
  }
}

function changed(fields: readonly Field[], values: RunConfig['training']): ChangedSetting[] {
  return fields.flatMap((field) => {
    const value = values[field.key];
    if (value === undefined || JSON.stringify(value) === JSON.stringify(field.default)) return [];
    return [
      {
        key: field.key,
        label: field.label,
        term: field.term,
        value: shownSetting(field, value),
        usual: shownSetting(field, field.default),
      },
    ];
  });
}

/** Settings that differ from the method's defaults; a run of a method that Hone no longer has shows none. */
export function changedSettings({ method, training }: RunConfig): ChangedSetting[] {
  if (!isMethodId(method.id)) return [];
  return [
    ...changed(methodSpec(method.id).fields, method.settings),
    ...changed(trainingFields(method.id), training),
  ];
}

export function methodLabel(id: string): string {
  return isMethodId(id) ? methodSpec(id).label : id;
}
