/** A box per label for its description; what was changed is marked and can be put back. */
import { ActionIcon, TextInput, Tooltip } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { changedLabels } from './descriptionEdits';
import classes from './descriptions.module.css';

interface DescriptionFieldsProps {
  labels: readonly string[];
  values: Readonly<Record<string, string>>;
  /** What “put back” goes back to. */
  usual: Readonly<Record<string, string>>;
  disabled?: boolean;
  onChange: (label: string, value: string) => void;
}

export function DescriptionFields({
  labels,
  values,
  usual,
  disabled = false,
  onChange,
}: DescriptionFieldsProps) {
  const changes = changedLabels(labels, usual, values);
  return (
    <div className={classes.descriptions}>
      {labels.map((label) => (
        <DescriptionInput
          key={label}
          label={label}
          value={values[label] ?? ''}
          changed={changes.includes(label)}
          disabled={disabled}
          onChange={(value) => onChange(label, value)}
          onUndo={() => onChange(label, usual[label] ?? '')}
        />
      ))}
    </div>
  );
}

interface DescriptionInputProps {
  label: string;
  value: string;
  changed: boolean;
  disabled: boolean;
  onChange: (value: string) => void;
  onUndo: () => void;
}

function DescriptionInput({ label, value, changed, disabled, onChange, onUndo }: DescriptionInputProps) {
  return (
    <TextInput
      label={changed ? `${label} (changed)` : label}
      placeholder={label}
      value={value}
      disabled={disabled}
      maxLength={500}
      onChange={(event) => onChange(event.currentTarget.value)}
      rightSection={
        changed ? (
          <Tooltip label="Put back">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Put back the description of ${label}`}
              onClick={onUndo}
            >
              <IconArrowBackUp size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
        ) : null
      }
    />
  );
}
