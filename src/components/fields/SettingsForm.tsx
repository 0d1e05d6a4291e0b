/** A form made from specs: one control per field. Pictures and lists stand beside the short fields, not among them. */
import type { Field, Settings, SettingValue } from '../../engine/core/fields';
import { ChoiceControl } from './ChoiceControl';
import styles from './fields.module.css';
import { LayersControl } from './LayersControl';
import { ManyControl } from './ManyControl';
import { NumberControl } from './NumberControl';
import { SwitchControl } from './SwitchControl';

/** Fields whose values live together in one settings object. */
export interface SettingsGroup {
  id: string;
  fields: readonly Field[];
  values: Settings;
  onChange: (key: string, value: SettingValue) => void;
  onReset: (key: string) => void;
}

interface SettingsFormProps {
  groups: readonly SettingsGroup[];
  /** Encoder layers of the model, for fields that count them. */
  layers: number;
}

export function SettingsForm({ groups, layers }: SettingsFormProps) {
  const all = groups.flatMap((group) => group.fields.map((field) => ({ group, field })));
  const tall = all.filter(({ field }) => isTall(field));
  const controls = (entries: typeof all) =>
    entries.map(({ group, field }) => (
      <Control key={`${group.id} ${field.key}`} group={group} field={field} layers={layers} />
    ));
  return (
    <div className={styles.form}>
      {tall.length > 0 && <div className={styles.tall}>{controls(tall)}</div>}
      <div className={styles.grid}>{controls(all.filter(({ field }) => !isTall(field)))}</div>
    </div>
  );
}

function isTall(field: Field): boolean {
  return field.kind === 'layers' || field.kind === 'many';
}

function Control({ group, field, layers }: { group: SettingsGroup; field: Field; layers: number }) {
  const value = group.values[field.key] ?? field.default;
  const handlers = {
    onChange: (next: SettingValue) => group.onChange(field.key, next),
    onReset: () => group.onReset(field.key),
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
