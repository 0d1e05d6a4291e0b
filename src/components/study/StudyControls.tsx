/** Hold, leave one way out, or end with what is finished. */
import { Button } from '@mantine/core';
import { IconFlag, IconPlayerPause, IconPlayerPlay, IconPlayerSkipForward } from '@tabler/icons-react';
import { endStudy, pauseStudy, resumeStudy, skipArm } from '../../state/commands/study';
import type { RunningStudy } from '../../state/studyReducer';
import classes from './queue.module.css';

export function StudyControls({ study }: { study: RunningStudy }) {
  const { pausedAt, skipping, ending, progress } = study;
  const paused = pausedAt !== null;
  const busy = progress.current !== null || progress.curve !== null;
  return (
    <div className={classes.controls}>
      <Button
        size="sm"
        variant="default"
        disabled={!busy || ending}
        leftSection={
          paused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />
        }
        onClick={() => void (paused ? resumeStudy() : pauseStudy())}
      >
        {paused ? 'Resume' : 'Pause'}
      </Button>
      <Button
        size="sm"
        variant="default"
        disabled={!busy || ending}
        loading={skipping !== null}
        leftSection={<IconPlayerSkipForward size={16} aria-hidden />}
        onClick={() => void skipArm()}
      >
        {progress.curve && !progress.current ? 'Skip this draw' : 'Skip this way'}
      </Button>
      <Button
        size="sm"
        variant="default"
        loading={ending}
        leftSection={<IconFlag size={16} aria-hidden />}
        onClick={() => void endStudy()}
      >
        End with what is done
      </Button>
    </div>
  );
}
