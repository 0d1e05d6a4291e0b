/** Several of a fixed list, each with its own explanation. */
import { Checkbox, Tooltip } from '@mantine/core';
import type { ManyField } from '../../engine/core/fields';
import { FieldRow } from './FieldRow';
import { fieldError, isChanged } from './fieldError';
import styles from './fields.module.css';
import type { ControlProps } from './NumberControl';

export function ManyControl({ field, value, onChange, onReset }: ControlProps<ManyField, readonly string[]>) {
  const chosen = new Set(value);
  /** Kept in the spec's order, so that the same choice is always the same setting. */
  const toggle = (option: string, on: boolean): void =>
    onChange(field.options.map((one) => one.value).filter((one) => (one === option ? on : chosen.has(one))));
  return (
    <FieldRow
      field={field}
      changed={isChanged(field, value)}
      error={fieldError(field, value)}
      onReset={onReset}
      labelsControl={false}
    >
      {(ids) => (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset's legend cannot hold the info and reset buttons
        <div
          role="group"
          className={styles.many}
          aria-labelledby={ids.label}
          aria-describedby={ids.described}
        >
          {field.options.map((option) => (
            <Tooltip
              key={option.value}
              label={option.help}
              events={{ hover: true, focus: true, touch: false }}
            >
              <Checkbox
                label={option.label}
                checked={chosen.has(option.value)}
                onChange={(event) => toggle(option.value, event.currentTarget.checked)}
              />
            </Tooltip>
          ))}
        </div>
      )}
    </FieldRow>
  );
}
