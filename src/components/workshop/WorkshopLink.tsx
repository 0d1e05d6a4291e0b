/** For facilitators: the study as chosen here, as a link that a room opens. */
import { Button, CopyButton, Group, Modal, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCheck, IconCopy, IconUsersGroup } from '@tabler/icons-react';
import { useState } from 'react';
import type { Workshop } from '../../engine/core/workshop';
import { labelDescriptionsOf } from '../../state/commands/data';
import { useProject } from '../../state/project';
import { useStudySetup } from '../../state/studySetup';
import { workshopOf } from '../../state/workshopLink';
import { ErrorCard } from '../common/ErrorCard';
import { count } from '../common/format';
import { linkFor } from './linkFor';
import { SourceChoice } from './SourceChoice';
import { WorkshopSummary } from './WorkshopSummary';
import classes from './workshop.module.css';

const SWITCHES: readonly { part: keyof Workshop['show']; label: string }[] = [
  { part: 'setup', label: 'Ways and their settings' },
  { part: 'prompts', label: 'Label descriptions and examples' },
  { part: 'questions', label: 'The questions behind the advice, and the price' },
  { part: 'journey', label: 'The way to the other screens' },
];

export function WorkshopLink({ disabled }: { disabled: boolean }) {
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <Button
        size="sm"
        variant="default"
        disabled={disabled}
        leftSection={<IconUsersGroup size={16} aria-hidden />}
        onClick={dialog.open}
      >
        Make a workshop link
      </Button>
      <Modal
        opened={opened}
        onClose={dialog.close}
        title="Make a workshop link"
        size="lg"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <LinkForm />
      </Modal>
    </>
  );
}

function LinkForm() {
  const project = useProject((state) => state);
  const setup = useStudySetup((state) => state);
  const [title, setTitle] = useState('');
  const [show, setShow] = useState<Workshop['show']>({
    ...{ setup: false, prompts: true, questions: true, journey: false },
  });
  const [source, setSource] = useState<Workshop['source'] | null>(
    project.sample === null ? null : { kind: 'sample', id: project.sample },
  );
  const usual = labelDescriptionsOf(project.sample);
  const workshop = source && workshopOf(project, setup, { title: title.trim(), source, show }, usual);
  const link = workshop && linkFor(workshop, new URL('/prompt-or-tune', location.href).href);
  return (
    <Stack>
      <Text size="sm">
        The link holds the ways, settings, words and answers as they are chosen here. It stands in the address
        after “#”, which browsers send to nobody.
      </Text>
      <TextInput
        label="Title"
        description="Shown to the room"
        maxLength={120}
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
      />
      <SourceChoice sample={project.sample} name={project.summary?.name ?? ''} onChange={setSource} />
      <fieldset className={classes.choice}>
        <legend>The room may change</legend>
        <Stack gap="xs" mt={6}>
          {SWITCHES.map(({ part, label }) => (
            <Switch
              key={part}
              label={label}
              checked={show[part]}
              onChange={(event) => setShow({ ...show, [part]: event.currentTarget.checked })}
            />
          ))}
        </Stack>
      </fieldset>
      {project.testFile && (
        <Text size="sm" c="dimmed">
          The test file {project.testFile.name} does not go along: the room tests on rows drawn from the data.
        </Text>
      )}
      {link && 'error' in link && <ErrorCard error={link.error} />}
      {link && 'address' in link && <Ready address={link.address} workshop={workshop} />}
    </Stack>
  );
}

function Ready({ address, workshop }: { address: string; workshop: Workshop }) {
  return (
    <Stack>
      <WorkshopSummary workshop={workshop} />
      <Textarea
        label="The link"
        description={`${count(address.length)} characters`}
        readOnly
        rows={3}
        className={classes.link ?? ''}
        value={address}
        onFocus={(event) => event.currentTarget.select()}
      />
      {/^(localhost|127\.)/.test(location.hostname) && (
        <Text size="sm" c="dimmed">
          This Hone runs on your computer. Others open the link after starting Hone on theirs under the same
          address, {location.origin}.
        </Text>
      )}
      <Group>
        <CopyButton value={address} timeout={2500}>
          {({ copied, copy }) => (
            <Button
              leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy the link'}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Stack>
  );
}
