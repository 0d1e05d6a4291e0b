/** One of a few: a list whose entries say what each does. */
import { Select, Text } from '@mantine/core';
import type { ChoiceField } from '../../engine/core/fields';
import { FieldRow } from './FieldRow';
import { fieldError, isChanged } from './fieldError';
import type { ControlProps } from './NumberControl';

export function ChoiceControl({ field, value, onChange, onReset }: ControlProps<ChoiceField, string>) {
  const error = fieldError(field, value);
  const help = (wanted: string): string =>
    field.options.find((option) => option.value === wanted)?.help ?? '';
  return (
    <FieldRow field={field} changed={isChanged(field, value)} error={error} onReset={onReset} labelsControl>
      {(ids) => (
        <Select
          id={ids.control}
          data={field.options.map(({ value: option, label }) => ({ value: option, label }))}
          value={value}
          allowDeselect={false}
          error={error !== undefined}
          aria-describedby={ids.described}
          comboboxProps={{ transitionProps: { duration: 0 } }}
          renderOption={({ option }) => (
            <div>
              <Text size="sm">{option.label}</Text>
              <Text size="xs" c="dimmed">
                {help(option.value)}
              </Text>
            </div>
          )}
          onChange={(chosen) => {
            if (chosen !== null) onChange(chosen);
          }}
        />
      )}
    </FieldRow>
  );
}
