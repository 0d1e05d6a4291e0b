/** On or off. */
import { Switch } from '@mantine/core';
import type { SwitchField } from '../../engine/core/fields';
import { FieldRow } from './FieldRow';
import { isChanged } from './fieldError';
import type { ControlProps } from './NumberControl';

export function SwitchControl({ field, value, onChange, onReset }: ControlProps<SwitchField, boolean>) {
  return (
    <FieldRow
      field={field}
      changed={isChanged(field, value)}
      error={undefined}
      onReset={onReset}
      labelsControl
    >
      {(ids) => (
        <Switch
          id={ids.control}
          checked={value}
          aria-describedby={ids.described}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      )}
    </FieldRow>
  );
}
