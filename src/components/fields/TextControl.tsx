/** Words on one line, or on as many as they need. */
import { Textarea, TextInput } from '@mantine/core';
import type { TextField } from '../../engine/core/fields';
import { FieldRow } from './FieldRow';
import { fieldError, isChanged } from './fieldError';
import type { ControlProps } from './NumberControl';

export function TextControl({ field, value, onChange, onReset }: ControlProps<TextField, string>) {
  const error = fieldError(field, value);
  return (
    <FieldRow field={field} changed={isChanged(field, value)} error={error} onReset={onReset} labelsControl>
      {(ids) => {
        const props = {
          id: ids.control,
          value,
          placeholder: field.placeholder,
          autoComplete: 'off',
          spellCheck: false,
          error: error !== undefined,
          'aria-describedby': ids.described,
          onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
        };
        return field.multiline ? (
          // Counted, not measured: while the form unfolds it has no width to measure by.
          <Textarea {...props} rows={Math.min(16, Math.max(4, value.split('\n').length))} resize="vertical" />
        ) : (
          <TextInput {...props} />
        );
      }}
    </FieldRow>
  );
}
