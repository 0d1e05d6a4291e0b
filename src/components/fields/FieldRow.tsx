/** The frame around every setting: plain label, exact term on hover or focus, mark and reset when changed, error. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { type ReactNode, useId } from 'react';
import type { Field } from '../../engine/core/fields';
import styles from './fields.module.css';
import { formatEntry } from './numberEntry';

export interface FieldIds {
  /** For the control itself. */
  control: string;
  label: string;
  /** For aria-describedby: the help, and the error while there is one. */
  described: string;
}

interface FieldRowProps {
  field: Field;
  changed: boolean;
  error: string | undefined;
  onReset: () => void;
  /** True where the control is one labelled element; groups are named by aria-labelledby instead. */
  labelsControl: boolean;
  children: (ids: FieldIds) => ReactNode;
}

export function FieldRow({ field, changed, error, onReset, labelsControl, children }: FieldRowProps) {
  const id = useId();
  const ids: FieldIds = {
    control: `${id}control`,
    label: `${id}label`,
    described: error ? `${id}help ${id}error` : `${id}help`,
  };
  return (
    <div className={styles.row} data-changed={changed || undefined}>
      <div className={styles.head}>
        {labelsControl ? (
          <label className={styles.label} id={ids.label} htmlFor={ids.control}>
            {field.label}
          </label>
        ) : (
          <span className={styles.label} id={ids.label}>
            {field.label}
          </span>
        )}
        <Tooltip
          multiline
          w={280}
          events={{ hover: true, focus: true, touch: true }}
          label={<TermText field={field} />}
        >
          <ActionIcon variant="subtle" color="gray" size={24} aria-label={`About: ${field.term}`}>
            <IconInfoCircle size={15} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
      {children(ids)}
      <span id={`${id}help`} hidden>
        {field.term}. {field.help}
      </span>
      {error && (
        <p id={`${id}error`} className={styles.error} role="alert">
          {error}
        </p>
      )}
      {changed && (
        <span className={styles.changed}>
          changed; usual: {defaultText(field)}
          <button
            type="button"
            className={styles.putBack}
            onClick={onReset}
            aria-label={`put back “${field.label}” to ${defaultText(field)}`}
          >
            put back
          </button>
        </span>
      )}
    </div>
  );
}

function TermText({ field }: { field: Field }) {
  return (
    <>
      <strong>{field.term}</strong>
      <br />
      {field.help}
    </>
  );
}

function defaultText(field: Field): string {
  switch (field.kind) {
    case 'number':
      return formatEntry(field, field.default);
    case 'layers':
      return String(field.default);
    case 'switch':
      return field.default ? 'on' : 'off';
    case 'choice':
      return field.options.find((option) => option.value === field.default)?.label ?? field.default;
    case 'text':
      return field.multiline ? 'the usual text' : field.default || 'nothing';
    case 'many':
      return `${field.default.length} of ${field.options.length}`;
    default:
      return field satisfies never;
  }
}
