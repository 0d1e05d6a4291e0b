/** How the model should learn: the methods, what each costs here, and their settings. */
import { Anchor, Skeleton } from '@mantine/core';
import { useLocation } from 'wouter';
import { methodSpec } from '../../engine/catalog';
import { useActivity } from '../../state/activity';
import { startRun } from '../../state/commands/run';
import { trainBlockedBy } from '../../state/journey';
import { modelOf, useMachine } from '../../state/machine';
import { useProject } from '../../state/project';
import { useRun } from '../../state/run';
import { isUnderWay } from '../../state/runReducer';
import { useStudy } from '../../state/study';
import { isStudyUnderWay } from '../../state/studyReducer';
import { AreaError } from '../common/ErrorCard';
import { about } from '../common/format';
import type { NoteSpec } from '../common/Note';
import { type PrimaryAction, ScreenFrame } from '../common/ScreenFrame';
import { EstimateFigures } from './EstimateFigures';
import { MethodCards } from './MethodCards';
import { MethodSettings } from './MethodSettings';
import styles from './method.module.css';
import { settingsProblem, useEstimate } from './useEstimate';

export function MethodScreen() {
  const project = useProject((state) => state);
  const model = useMachine((machine) => modelOf(machine, project.model?.id));
  const now = useEstimate();
  return (
    <ScreenFrame
      question="How should it learn?"
      notes={[noteOf(project.methodId), PICTURE_NOTE]}
      primary={usePrimary(now.estimate?.seconds ?? null)}
      back={{ to: '/model' }}
    >
      {model ? (
        <>
          <MethodCards shape={model.shape} />
          <section className={`hone-card ${styles.costs}`} aria-label="What this choice costs">
            <EstimateFigures now={now} />
          </section>
          <AreaError area="estimate" />
          <MethodSettings layers={model.shape.layers} />
        </>
      ) : (
        <>
          <AreaError area="models" />
          <Skeleton height={280} aria-label="Looking for models" />
        </>
      )}
    </ScreenFrame>
  );
}

const PICTURE_NOTE: NoteSpec = {
  id: 'method-picture',
  title: 'How to read the pictures',
  body: 'Text comes in at the bottom as word vectors, passes through the layers and leaves at the top as an answer. What is ember learns from your rows; what is grey stays as it was.',
};

function noteOf(methodId: string): NoteSpec {
  const { id, label, note, paper } = methodSpec(methodId);
  return {
    id: `method-${id}`,
    title: `When to take ${label}`,
    body: (
      <>
        {note}{' '}
        {paper && (
          <Anchor href={paper.url} target="_blank" rel="noreferrer" inherit>
            {paper.title}
          </Anchor>
        )}
      </>
    ),
  };
}

function usePrimary(seconds: number | null): PrimaryAction {
  const [, navigate] = useLocation();
  const project = useProject((state) => state);
  const check = useActivity('check');
  const underWay = useRun(isUnderWay);
  const studying = useStudy(isStudyUnderWay);
  if (underWay) return { label: 'See the run under way', onClick: () => navigate('/train') };
  if (studying) {
    return { label: 'See the study under way', onClick: () => navigate('/prompt-or-tune') };
  }
  if (!project.summary) return { label: 'Start with some data', onClick: () => navigate('/data') };
  return {
    label: 'Train',
    ...(seconds === null ? {} : { cost: about(seconds) }),
    disabledReason: trainBlockedBy({ project, check }) ?? settingsProblem(project),
    onClick: () => {
      void startRun();
      navigate('/train');
    },
  };
}
