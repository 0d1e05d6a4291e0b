/** On every screen, while an earlier run waits half-done: go on with it, or let it go. */
import { Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlayerPause } from '@tabler/icons-react';
import { useLocation } from 'wouter';
import { discardInterrupted, resumeInterrupted } from '../../state/commands/run';
import { useRun } from '../../state/run';
import { isUnderWay } from '../../state/runReducer';
import { useRuns } from '../../state/runs';
import { useStudy } from '../../state/study';
import { isStudyUnderWay } from '../../state/studyReducer';
import { DeleteModal } from '../common/DeleteModal';
import { AreaError } from '../common/ErrorCard';
import { count } from '../common/format';
import classes from './shell.module.css';

export function InterruptedBanner() {
  const interrupted = useRuns((runs) => runs.interrupted);
  const running = useRun(isUnderWay);
  const studying = useStudy(isStudyUnderWay);
  const [, go] = useLocation();
  const [asking, ask] = useDisclosure(false);
  if (!interrupted || running || studying) return <AreaError area="interrupted" />;
  const { name, step, totalSteps } = interrupted;
  const where = step > 0 ? `at step ${count(step)} of ${count(totalSteps)}` : 'before anything was kept';
  return (
    <section className={classes.banner} aria-label="Interrupted run">
      <IconPlayerPause size={18} aria-hidden />
      <Text className={classes.bannerText}>
        Your run “{name}” stopped {where}.{' '}
        {step > 0 ? 'It can go on from there, with the same result.' : 'It can start again as it was.'}
      </Text>
      <Group gap="xs">
        <Button
          size="sm"
          onClick={() => {
            void resumeInterrupted();
            go('/train');
          }}
        >
          Go on
        </Button>
        <Button size="sm" variant="default" onClick={ask.open}>
          Discard
        </Button>
      </Group>
      <DeleteModal
        title="Delete this run?"
        opened={asking}
        onClose={ask.close}
        onConfirm={() => void discardInterrupted()}
      >
        <Text>“{name}” and what it has learned so far are removed from this browser.</Text>
      </DeleteModal>
    </section>
  );
}
