/** A form made from specs: one control per field. Pictures and lists stand beside the short fields, not among them. */
import type { Field, Settings, SettingValue } from '../../engine/core/fields';
import { ChoiceControl } from './ChoiceControl';
import styles from './fields.module.css';
import { LayersControl } from './LayersControl';
import { ManyControl } from './ManyControl';
import { NumberControl } from './NumberControl';
import { SwitchControl } from './SwitchControl';
import { TextControl } from './TextControl';

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
  const controls = (entries: typeof all) =>
    entries.map(({ group, field }) => (
      <Control key={`${group.id} ${field.key}`} group={group} field={field} layers={layers} />
    ));
  const tall = all.filter(({ field }) => placeOf(field) === 'tall');
  const wide = all.filter(({ field }) => placeOf(field) === 'wide');
  return (
    <div className={styles.form}>
      {wide.length > 0 && <div className={styles.wide}>{controls(wide)}</div>}
      {tall.length > 0 && <div className={styles.tall}>{controls(tall)}</div>}
      <div className={styles.grid}>{controls(all.filter(({ field }) => placeOf(field) === 'cell'))}</div>
    </div>
  );
}

/** A picture of layers stands beside the other fields; a list of boxes or a long text on a row of its own. */
function placeOf(field: Field): 'tall' | 'wide' | 'cell' {
  switch (field.kind) {
    case 'layers':
      return 'tall';
    case 'many':
      return 'wide';
    case 'text':
      return field.multiline ? 'wide' : 'cell';
    case 'number':
    case 'choice':
    case 'switch':
      return 'cell';
    default:
      return field satisfies never;
  }
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
    case 'text':
      return typeof value === 'string' ? <TextControl field={field} value={value} {...handlers} /> : null;
    case 'many':
      return typeof value === 'object' ? <ManyControl field={field} value={value} {...handlers} /> : null;
    default:
      return field satisfies never;
  }
}
