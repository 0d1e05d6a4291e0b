/** The study under way: the queue above, and below it what is known so far. */

import { ranked } from '../../engine/core/study';
import { useStudies } from '../../state/studies';
import { studyStore } from '../../state/study';
import { isStudyUnderWay, type RunningStudy, type StudyState } from '../../state/studyReducer';
import { timeLeft } from '../../state/studyTime';
import { about } from '../common/format';
import { ScreenFrame } from '../common/ScreenFrame';
import { useFrame } from '../common/useFrame';
import { useProjector } from '../common/useProjector';
import { ProjectorButton } from '../projector/Projector';
import { announcement } from './announce';
import { Queue } from './Queue';
import queue from './queue.module.css';
import { Results } from './Results';
import { StudyControls } from './StudyControls';

/** Numbers that change faster than this cannot be read. */
const EVERY_MS = 250;
const itself = (study: StudyState): StudyState => study;

export function RunningView({ question }: { question: string }) {
  const study = useFrame(studyStore, itself, EVERY_MS);
  const projector = useProjector();
  const opened = useStudies((state) => state.opened);
  if (!isStudyUnderWay(study)) return null;
  const known = opened?.report.id === study.id && ranked(opened.report.arms).length > 0 ? opened : null;
  return (
    <ScreenFrame
      question={question}
      lead={
        <div className={queue.lead}>
          <span>{study.name}</span>
          {!projector && <StudyControls study={study} />}
          <ProjectorButton />
        </div>
      }
    >
      <p className={queue.srOnly} aria-live="polite">
        {announcement(study)}
      </p>
      <Queue
        config={study.config}
        progress={study.progress}
        paused={study.pausedAt !== null}
        left={leftText(study)}
      />
      {known && <Results opened={known} underWay />}
    </ScreenFrame>
  );
}

/** Of a least time below this nobody learns when it will be over. */
const TELLING_S = 30;

function leftText(study: RunningStudy): string {
  if (study.ending) return 'Ending with what is done.';
  if (study.pausedAt !== null) return 'Nothing is computed until you resume.';
  const left = timeLeft(study, performance.now() / 1000);
  if (!left) return 'How long it takes shows with the first ways.';
  if (!left.atLeast) return `${about(left.seconds)} left.`;
  return left.seconds < TELLING_S
    ? 'Longer ways are to come: how long shows when the first of them learns.'
    : `At least ${about(left.seconds)} left; some ways have not been timed here yet.`;
}
