/** The label descriptions behind 'before': an encoder's form of prompting, editable and measured again. */
import { Button, Collapse, Text } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { abortArea, useActivity } from '../../state/activity';
import { describeLabels } from '../../state/commands/runs';
import { Busy } from '../common/Busy';
import { AreaError } from '../common/ErrorCard';
import { percent, plural } from '../common/format';
import { Section } from '../common/Section';
import { Term } from '../common/Term';
import { DescriptionFields } from './DescriptionFields';
import { changedLabels, cleanDescriptions, isDescribed } from './descriptionEdits';
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
        <DescriptionFields
          labels={labels}
          values={edited}
          usual={measured}
          disabled={busy}
          onChange={(label, value) => setEdited({ ...edited, [label]: value })}
        />
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
