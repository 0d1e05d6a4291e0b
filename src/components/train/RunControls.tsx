/** Hold, end early with the best kept, or throw away. Each says which of these it is. */
import { Button, Group, Modal, Text } from '@mantine/core';
import { IconFlag, IconPlayerPause, IconPlayerPlay, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { cancel, pause, resume, stop } from '../../state/commands/run';
import type { RunState } from '../../state/runReducer';
import { count } from '../common/format';
import styles from './train.module.css';

export function RunControls({ run }: { run: Extract<RunState, { status: 'starting' | 'running' }> }) {
  const [asking, setAsking] = useState(false);
  const running = run.status === 'running';
  const paused = running && run.paused;
  const stopping = running && run.stopping;
  const training = running && run.telemetry.phase.phase === 'training';
  const { bestStep } = run.telemetry;
  return (
    <>
      <Group gap="xs" className={styles.controls ?? ''}>
        <Button
          size="sm"
          variant="default"
          disabled={!training || stopping}
          leftSection={
            paused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />
          }
          onClick={() => void (paused ? resume() : pause())}
        >
          {paused ? 'Resume' : 'Pause'}
        </Button>
        <Button
          size="sm"
          variant="default"
          disabled={!training || bestStep === null}
          loading={stopping}
          leftSection={<IconFlag size={16} aria-hidden />}
          onClick={() => void stop()}
        >
          Stop and keep the best
        </Button>
        <Button
          size="sm"
          variant="subtle"
          color="gray"
          leftSection={<IconX size={16} aria-hidden />}
          onClick={() => setAsking(true)}
        >
          Cancel
        </Button>
      </Group>
      <Modal opened={asking} onClose={() => setAsking(false)} title="Throw this run away?">
        <Text>
          Nothing of it is kept.
          {bestStep !== null &&
            ` To end now with what it has learned (step ${count(bestStep)}), use “Stop and keep the best” instead.`}
        </Text>
        <Group justify="flex-end" mt="md" gap="xs">
          <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
            Go on training
          </Button>
          <Button
            color="red.9"
            onClick={() => {
              setAsking(false);
              void cancel();
            }}
          >
            Throw it away
          </Button>
        </Group>
      </Modal>
    </>
  );
}
