/** On every screen, while an earlier study waits half-done: go on with it, or let it go. */
import { Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlayerPause } from '@tabler/icons-react';
import { useLocation } from 'wouter';
import { openStudy } from '../../state/commands/studies';
import { discardInterruptedStudy, resumeInterruptedStudy } from '../../state/commands/study';
import { useConsents, withoutConsent } from '../../state/consents';
import { useRun } from '../../state/run';
import { isUnderWay } from '../../state/runReducer';
import { useStudies } from '../../state/studies';
import { useStudy } from '../../state/study';
import { isStudyUnderWay } from '../../state/studyReducer';
import { DeleteModal } from '../common/DeleteModal';
import { count, plural } from '../common/format';
import classes from './shell.module.css';

export function StudyBanner() {
  const interrupted = useStudies((studies) => studies.interrupted);
  const running = useRun(isUnderWay);
  const studying = useStudy(isStudyUnderWay);
  const [, go] = useLocation();
  const [asking, ask] = useDisclosure(false);
  const asks = useConsents(
    (consents) =>
      interrupted !== null &&
      withoutConsent(
        interrupted.config.arms.filter(({ key }) => !interrupted.finished.includes(key)),
        interrupted.config,
        consents,
      ) !== null,
  );
  if (!interrupted || running || studying) return null;
  const { name, finished, config } = interrupted;
  const where =
    finished.length === config.arms.length
      ? 'while its learning curve was drawn'
      : `with ${count(finished.length)} of ${plural(config.arms.length, 'way')} done`;
  return (
    <section className={classes.banner} aria-label="Interrupted study">
      <IconPlayerPause size={18} aria-hidden />
      <Text className={classes.bannerText}>
        Your study “{name}” stopped {where}. What is done is kept.
      </Text>
      <Group gap="xs">
        <Button
          size="sm"
          onClick={() => {
            if (asks) void openStudy(interrupted.id);
            else void resumeInterruptedStudy();
            go('/prompt-or-tune');
          }}
        >
          Go on
        </Button>
        <Button size="sm" variant="default" onClick={ask.open}>
          Discard
        </Button>
      </Group>
      <DeleteModal
        title="Delete this study?"
        opened={asking}
        onClose={ask.close}
        onConfirm={() => void discardInterruptedStudy()}
      >
        <Text>
          “{name}”, its table, its answers and the runs that were tuned in it are removed from this browser.
        </Text>
      </DeleteModal>
    </section>
  );
}
