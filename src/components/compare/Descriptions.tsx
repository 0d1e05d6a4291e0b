/** The label descriptions behind 'before': an encoder's form of prompting, editable and measured again. */
import { ActionIcon, Button, Collapse, Text, TextInput, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { abortArea, useActivity } from '../../state/activity';
import { describeLabels } from '../../state/commands/runs';
import { Busy } from '../common/Busy';
import { AreaError } from '../common/ErrorCard';
import { percent, plural } from '../common/format';
import { Section } from '../common/Section';
import { Term } from '../common/Term';
import { changedLabels, cleanDescriptions, isDescribed } from './descriptionEdits';
import classes from './descriptions.module.css';
import shared from './shared.module.css';

interface DescriptionsProps {
  runId: string;
  labels: readonly string[];
  /** Those measured; a label without one is described by its name. */
  measured: Readonly<Record<string, string>>;
  accuracy: number;
}

export function Descriptions({ runId, labels, measured, accuracy }: DescriptionsProps) {
  const [open, setOpen] = useState(false);
  const [edited, setEdited] = useState<Readonly<Record<string, string>>>(measured);
  const [told, setTold] = useState<string | null>(null);
  const busy = useActivity('describe').status === 'busy';
  const changes = changedLabels(labels, measured, edited);
  const own = isDescribed(labels, edited);
  const described = isDescribed(labels, measured);

  const measure = async (): Promise<void> => {
    setTold(null);
    if (await describeLabels(runId, cleanDescriptions(labels, edited))) {
      setTold(`Measured again. It was ${percent(accuracy)} with the words before.`);
    }
  };
  const set = (label: string, value: string): void => setEdited({ ...edited, [label]: value });

  return (
    <Section
      title="Could better words do it without tuning?"
      lead={
        <>
          “Before” compares each text with {described ? 'a description' : 'the bare name'} of every label:{' '}
          <Term id="zero-shot">this model’s form of prompting</Term>.{' '}
          {described ? 'Write clearer descriptions' : 'Describe the labels in words'} and measure again, to be
          fair to it.
        </>
      }
      tools={
        <Button
          variant="default"
          size="sm"
          aria-expanded={open}
          rightSection={
            <IconChevronDown size={16} aria-hidden className={shared.chevron} data-open={open || undefined} />
          }
          onClick={() => setOpen(!open)}
        >
          {open
            ? 'Fold the descriptions'
            : described
              ? `Edit ${plural(labels.length, 'description')}`
              : `Describe ${plural(labels.length, 'label')}`}
        </Button>
      }
    >
      <Collapse expanded={open}>
        <div className={classes.descriptions}>
          {labels.map((label) => (
            <DescriptionInput
              key={label}
              label={label}
              value={edited[label] ?? ''}
              changed={changes.includes(label)}
              disabled={busy}
              onChange={(value) => set(label, value)}
              onUndo={() => set(label, measured[label] ?? '')}
            />
          ))}
        </div>
        <div className={shared.tryButtons}>
          <Button
            variant="default"
            disabled={changes.length === 0}
            loading={busy}
            onClick={() => void measure()}
          >
            Measure again
          </Button>
          {changes.length > 0 && (
            <Button variant="subtle" color="gray" disabled={busy} onClick={() => setEdited(measured)}>
              Undo {plural(changes.length, 'change')}
            </Button>
          )}
          {own && (
            <Button variant="subtle" color="gray" disabled={busy} onClick={() => setEdited({})}>
              Use the label names alone
            </Button>
          )}
        </div>
      </Collapse>
      <Busy area="describe" onCancel={() => abortArea('describe')} />
      <AreaError area="describe" onRetry={() => void measure()} />
      {told !== null && (
        <Text size="sm" role="status">
          {told} Now it is {percent(accuracy)}.
        </Text>
      )}
    </Section>
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
