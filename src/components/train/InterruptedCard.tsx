/** A run that an earlier session left half-way: go on from its checkpoint, or let it go. */
import { Button, Group, Text } from '@mantine/core';
import { IconRotateClockwise } from '@tabler/icons-react';
import { discardInterrupted, resumeInterrupted } from '../../state/commands/run';
import { useRuns } from '../../state/runs';
import { count } from '../common/format';
import { Term } from '../common/Term';
import styles from './train.module.css';

export function InterruptedCard() {
  const interrupted = useRuns((runs) => runs.interrupted);
  if (!interrupted) return null;
  return (
    <section className={`hone-card ${styles.interrupted}`} aria-label="Interrupted run">
      <IconRotateClockwise size={20} aria-hidden />
      <div>
        <Text fw={650}>“{interrupted.name}” was interrupted</Text>
        <Text size="sm">
          It reached step {count(interrupted.step)} of {count(interrupted.totalSteps)}, and its{' '}
          <Term id="checkpoint">checkpoint</Term> is kept. Going on gives the same result as if nothing had
          happened.
        </Text>
        <Group gap="xs" mt="xs">
          <Button size="sm" variant="default" onClick={() => void resumeInterrupted()}>
            Go on from step {count(interrupted.step)}
          </Button>
          <Button size="sm" variant="subtle" color="gray" onClick={() => void discardInterrupted()}>
            Let it go
          </Button>
        </Group>
      </div>
    </section>
  );
}
