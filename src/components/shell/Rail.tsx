/** The journey and its state: each step with what it came to, and a mark when it needs attention. */
import { VisuallyHidden } from '@mantine/core';
import {
  IconAlertTriangle,
  IconArchive,
  IconCircle,
  IconCircleCheck,
  IconProgress,
  IconScale,
} from '@tabler/icons-react';
import { Link, useLocation } from 'wouter';
import { STEPS, type StepState } from '../../state/journey';
import { useRuns } from '../../state/runs';
import { useStudy } from '../../state/study';
import { armState, isStudyUnderWay } from '../../state/studyReducer';
import classes from './shell.module.css';
import { useJourney } from './useJourney';

const MARKS: Record<StepState['mark'], { icon: typeof IconCircle; word: string }> = {
  done: { icon: IconCircleCheck, word: 'done' },
  working: { icon: IconProgress, word: 'in progress' },
  open: { icon: IconCircle, word: 'not done yet' },
  attention: { icon: IconAlertTriangle, word: 'needs attention' },
};

export function Rail({ open }: { open: boolean }) {
  const [path] = useLocation();
  const journey = useJourney();
  const runs = useRuns((state) => state.list?.length ?? 0);
  return (
    <nav id="journey" className={classes.rail} aria-label="Journey" data-open={open || undefined}>
      <ol className={classes.steps}>
        {STEPS.map((step) => {
          const { mark, result } = journey[step.id];
          const { icon: Icon, word } = MARKS[mark];
          return (
            <li key={step.id}>
              <Link
                href={step.path}
                className={classes.step}
                aria-current={path === step.path ? 'step' : undefined}
                data-mark={mark}
              >
                <Icon size={18} aria-hidden className={classes.mark} />
                <span className={classes.stepLabel}>{step.label}</span>
                <span className={classes.stepResult}>
                  {result}
                  <VisuallyHidden>
                    {result !== '' && ', '}
                    {word}
                  </VisuallyHidden>
                </span>
              </Link>
            </li>
          );
        })}
      </ol>
      <div className={classes.apart}>
        <StudyLink path={path} />
        <Link href="/runs" className={classes.step} aria-current={path === '/runs' ? 'page' : undefined}>
          <IconArchive size={18} aria-hidden className={classes.mark} />
          <span className={classes.stepLabel}>Runs</span>
          <span className={classes.stepResult}>{runs === 0 ? '' : `${runs} saved`}</span>
        </Link>
      </div>
    </nav>
  );
}

function StudyLink({ path }: { path: string }) {
  const study = useStudy((state) => state);
  const done = isStudyUnderWay(study)
    ? study.config.arms.filter(({ key }) => !['waiting', 'running'].includes(armState(study.progress, key)))
        .length
    : 0;
  const [working, paused] = [isStudyUnderWay(study), isStudyUnderWay(study) && study.pausedAt !== null];
  const result = isStudyUnderWay(study) ? `${done}/${study.config.arms.length}` : '';
  return (
    <Link
      href="/prompt-or-tune"
      className={classes.step}
      aria-current={path === '/prompt-or-tune' ? 'page' : undefined}
      data-mark={paused ? 'attention' : working ? 'working' : undefined}
    >
      <IconScale size={18} aria-hidden className={classes.mark} />
      <span className={classes.stepLabel}>Prompt or tune?</span>
      <span className={classes.stepResult}>
        {result}
        {paused && <VisuallyHidden>, paused</VisuallyHidden>}
      </span>
    </Link>
  );
}
