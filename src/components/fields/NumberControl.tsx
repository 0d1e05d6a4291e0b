/** A number: typed in any usual notation, or stepped by the arrow keys and the buttons beside it. */
import { TextInput, UnstyledButton } from '@mantine/core';
import { IconMinus, IconPlus } from '@tabler/icons-react';
import { type KeyboardEvent, useState } from 'react';
import type { NumberField } from '../../engine/core/fields';
import { FieldRow } from './FieldRow';
import { fieldError, isChanged } from './fieldError';
import styles from './fields.module.css';
import { formatEntry, parseEntry, stepEntry } from './numberEntry';

export interface ControlProps<F, V> {
  field: F;
  value: V;
  onChange: (value: V) => void;
  onReset: () => void;
}

export function NumberControl({ field, value, onChange, onReset }: ControlProps<NumberField, number>) {
  /** What is being typed, while it differs from the stored value's own spelling. */
  const [draft, setDraft] = useState<string | null>(null);
  const unreadable = draft !== null && parseEntry(draft) === null;
  const error = unreadable
    ? `“${draft}” is not a number. ${field.scale === 'log' ? 'Write it as 0.0001 or 1e-4.' : ''}`.trim()
    : fieldError(field, value);

  const type = (text: string): void => {
    setDraft(text);
    const parsed = parseEntry(text);
    if (parsed !== null) onChange(parsed);
  };
  const step = (direction: 1 | -1): void => {
    setDraft(null);
    onChange(stepEntry(field, value, direction));
  };
  const keyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    step(event.key === 'ArrowUp' ? 1 : -1);
  };
  const reset = (): void => {
    setDraft(null);
    onReset();
  };
  const stepper = (direction: 1 | -1) => (
    // The arrow keys do the same in the box, so the buttons stay out of the tab order.
    <UnstyledButton
      className={styles.step}
      tabIndex={-1}
      aria-hidden
      disabled={stepEntry(field, value, direction) === value}
      onClick={() => step(direction)}
    >
      {direction > 0 ? <IconPlus size={14} /> : <IconMinus size={14} />}
    </UnstyledButton>
  );
  return (
    <FieldRow field={field} changed={isChanged(field, value)} error={error} onReset={reset} labelsControl>
      {(ids) => (
        <TextInput
          id={ids.control}
          value={draft ?? formatEntry(field, value)}
          inputMode={field.integer ? 'numeric' : 'text'}
          autoComplete="off"
          spellCheck={false}
          error={error !== undefined}
          aria-describedby={ids.described}
          classNames={{ input: styles.number ?? '', section: styles.steps ?? '' }}
          rightSectionWidth={field.unit ? 116 : 68}
          rightSection={
            <>
              {field.unit && <span className={styles.unit}>{field.unit}</span>}
              {stepper(-1)}
              {stepper(1)}
            </>
          }
          onChange={(event) => type(event.currentTarget.value)}
          onKeyDown={keyDown}
          onBlur={() => setDraft(null)}
        />
      )}
    </FieldRow>
  );
}
