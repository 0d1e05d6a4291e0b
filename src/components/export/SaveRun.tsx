/** The whole run as one file, for another computer or another day. */
import { Button, Text } from '@mantine/core';
import { IconDeviceFloppy } from '@tabler/icons-react';
import { useState } from 'react';
import { useActivity } from '../../state/activity';
import { saveRun } from '../../state/commands/runs';
import { AreaError } from '../common/ErrorCard';
import { Section } from '../common/Section';

export function SaveRun({ runId }: { runId: string }) {
  const busy = useActivity('run-file').status === 'busy';
  const [saved, setSaved] = useState(false);
  const save = async (): Promise<void> => {
    setSaved(false);
    setSaved(await saveRun(runId));
  };
  return (
    <Section
      title="Keep the whole run"
      lead="One .hone file with the weights, the scores and every test answer. Open it under Runs, in any Hone."
      tools={
        <Button
          variant="default"
          size="sm"
          loading={busy}
          leftSection={<IconDeviceFloppy size={16} aria-hidden />}
          onClick={() => void save()}
        >
          Save this run
        </Button>
      }
    >
      <AreaError area="run-file" onRetry={() => void save()} />
      {saved && (
        <Text size="sm" role="status">
          Saved to your downloads. It also stays in this browser, under Runs.
        </Text>
      )}
    </Section>
  );
}
