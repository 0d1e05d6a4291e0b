/** A form made from specs: one control per field, in the spec's order. */
import type { Field, Settings, SettingValue } from '../../engine/core/fields';
import { ChoiceControl } from './ChoiceControl';
import styles from './fields.module.css';
import { LayersControl } from './LayersControl';
import { ManyControl } from './ManyControl';
import { NumberControl } from './NumberControl';
import { SwitchControl } from './SwitchControl';

export interface SettingsFormProps {
  fields: readonly Field[];
  values: Settings;
  /** Encoder layers of the model, for fields that count them. */
  layers: number;
  onChange: (key: string, value: SettingValue) => void;
  onReset: (key: string) => void;
}

export function SettingsForm({ fields, ...rest }: SettingsFormProps) {
  return (
    <div className={styles.form}>
      {fields.map((field) => (
        <Control key={field.key} field={field} {...rest} />
      ))}
    </div>
  );
}

function Control({
  field,
  values,
  layers,
  onChange,
  onReset,
}: Omit<SettingsFormProps, 'fields'> & { field: Field }) {
  const value = values[field.key] ?? field.default;
  const handlers = {
    onChange: (next: SettingValue) => onChange(field.key, next),
    onReset: () => onReset(field.key),
  };
  switch (field.kind) {
    case 'number':
      return typeof value === 'number' ? <NumberControl field={field} value={value} {...handlers} /> : null;
    case 'layers':
      return typeof value === 'number' ? (
        <LayersControl field={field} value={value} layers={layers} {...handlers} />
      ) : null;
    case 'choice':
      return typeof value === 'string' ? <ChoiceControl field={field} value={value} {...handlers} /> : null;
    case 'switch':
      return typeof value === 'boolean' ? <SwitchControl field={field} value={value} {...handlers} /> : null;
    case 'many':
      return typeof value === 'object' ? <ManyControl field={field} value={value} {...handlers} /> : null;
    default:
      return field satisfies never;
  }
}
