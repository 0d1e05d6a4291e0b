/** Prompt or tune? Several ways of answering on the same rows: choose them, watch them, and see what to do. */
import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { openStudy } from '../../state/commands/studies';
import {
  clearStudy,
  goOnWithOpened,
  isComplete,
  resumeInterruptedStudy,
  startStudy,
} from '../../state/commands/study';
import { asksElsewhere, useConsents, withoutConsent } from '../../state/consents';
import { useProject } from '../../state/project';
import { useRun } from '../../state/run';
import { isUnderWay } from '../../state/runReducer';
import { useStudies } from '../../state/studies';
import { useStudy } from '../../state/study';
import { isStudyUnderWay } from '../../state/studyReducer';
import { armName, armsToCome, goesOn, studyConfigOf, useStudySetup } from '../../state/studySetup';
import { useShown, useWorkshop } from '../../state/workshop';
import { Busy } from '../common/Busy';
import { AreaError, ErrorCard } from '../common/ErrorCard';
import { plural } from '../common/format';
import type { NoteSpec } from '../common/Note';
import { OtherData } from '../common/OtherData';
import { type PrimaryAction, ScreenFrame } from '../common/ScreenFrame';
import { useProjector } from '../common/useProjector';
import { ProjectorButton } from '../projector/Projector';
import { WorkshopLink } from '../workshop/WorkshopLink';
import { ArmConsent } from './ArmConsent';
import { meanTextTokens } from './questionTokens';
import { Results } from './Results';
import { RunningView } from './RunningView';
import { SetupView } from './SetupView';
import { useStudyBlockedBy } from './useStudyBlockedBy';

const QUESTION = 'Is a prompt enough, or should it be tuned?';

const NOTES: readonly NoteSpec[] = [
  {
    id: 'study-same-rows',
    title: 'One measure for all',
    body: 'Every way answers the same test rows, which none has seen before. So a difference between two of them is a difference of the ways, not of the rows.',
  },
  {
    id: 'study-prompt',
    title: 'A prompt, for this model',
    body: 'An encoder does not write, it compares. Its prompt is a description of each label, or a few examples: the label closest in meaning to the text wins. No weight is changed.',
  },
  {
    id: 'study-ties',
    title: 'Why ties?',
    body: 'On few rows, luck moves a score by several points. What cannot be told apart is called a tie, and the cheaper way of a tie is the better one.',
  },
];

export function StudyScreen() {
  const study = useStudy((state) => (isStudyUnderWay(state) ? 'running' : state.status));
  const opened = useStudies((state) => state.opened);
  const [choosing, setChoosing] = useState(false);
  if (study === 'running') return <RunningView question={QUESTION} />;
  if (opened && !choosing) return <Finished opened={opened} onChoose={() => setChoosing(true)} />;
  return <Choosing onStart={() => setChoosing(false)} onBack={opened ? () => setChoosing(false) : null} />;
}

/** Before the first way is asked. */
function Choosing({ onStart, onBack }: { onStart: () => void; onBack: (() => void) | null }) {
  const [, navigate] = useLocation();
  const hasData = useProject((project) => project.summary !== null);
  const blocked = useStudyBlockedBy();
  const inWorkshop = useWorkshop() !== null;
  const plan = usePlan();
  const training = useRun(isUnderWay);
  const start = (): void => {
    onStart();
    void startStudy();
  };
  const primary: PrimaryAction = training
    ? { label: 'See the run under way', onClick: () => navigate('/train') }
    : hasData
      ? { label: plan, disabledReason: blocked, onClick: start }
      : { label: 'Start with some data', onClick: () => navigate('/data') };
  return (
    <ScreenFrame
      question={QUESTION}
      lead="Let both answer on your own rows, and see what each costs."
      notes={NOTES}
      primary={primary}
    >
      <Group gap="xs">
        {onBack && (
          <Button size="sm" variant="default" onClick={onBack}>
            Back to the last results
          </Button>
        )}
        {!inWorkshop && <WorkshopLink disabled={blocked !== null} />}
        <ProjectorButton />
      </Group>
      <Trouble />
      <SetupView />
    </ScreenFrame>
  );
}

/** What the primary button will do: 'Compare 7 ways', or 'Add 1 way' to what stands open. */
function usePlan(): string {
  const config = useProject((project) => project);
  const setup = useStudySetup((state) => state);
  const opened = useStudies((state) => state.opened);
  const study = studyConfigOf(config, setup);
  if (!study) return 'Compare';
  const more = opened && goesOn(opened.report, study) ? armsToCome(opened.report, study).length : 0;
  if (opened && more > 0 && more < study.arms.length) return `Ask ${plural(more, 'more way', 'more ways')}`;
  return `Compare ${plural(study.arms.length, 'way')}`;
}

interface FinishedProps {
  opened: NonNullable<ReturnType<typeof useOpened>>;
  onChoose: () => void;
}

const useOpened = () => useStudies((state) => state.opened);

/** A stored study, whole or as far as it came. */
function Finished({ opened, onChoose }: FinishedProps) {
  const { report } = opened;
  const interrupted = useStudies((state) => state.interrupted);
  const training = useRun(isUnderWay);
  const unfinished = !isComplete(report, report.config) && report.finished_at === null;
  const goOn = (): void => void (interrupted?.id === report.id ? resumeInterruptedStudy() : goOnWithOpened());
  const change = useShown().setup ? 'Add or change ways' : 'Compare again';
  const projector = useProjector();
  const toCome = armsToCome(report, report.config);
  const left = toCome.length;
  const asks = useConsents((consents) => withoutConsent(toCome, report.config, consents));
  const primary: PrimaryAction = unfinished
    ? {
        label: left === 0 ? 'Go on' : `Go on with ${plural(left, 'way')}`,
        disabledReason: training
          ? 'A run is under way.'
          : asks && `Agree to where ${armName(asks)} sends rows.`,
        onClick: goOn,
      }
    : { label: change, onClick: onChoose };
  return (
    <ScreenFrame question={QUESTION} lead={report.name} {...(projector ? {} : { primary })}>
      <Trouble />
      <OtherData data={report.config.data} />
      {projector ? (
        <ProjectorButton />
      ) : (
        <Group gap="xs">
          {unfinished && (
            <Button size="sm" variant="default" onClick={onChoose}>
              {change}
            </Button>
          )}
          <ProjectorButton />
        </Group>
      )}
      {toCome.filter(asksElsewhere).map((choice) => (
        <ArmConsent
          key={choice.key}
          choice={choice}
          study={report.config}
          rows={{
            labels: report.data.classes,
            // Of one that was cut short, those alone that it has not asked.
            testRows: report.arms.find(({ id }) => id === choice.key)?.left || report.data.splits.test,
            textTokens: opened.rows && meanTextTokens(opened.rows.rows),
          }}
        />
      ))}
      <Results opened={opened} underWay={false} />
    </ScreenFrame>
  );
}

/** What went wrong, with the way out, above whatever is shown. */
function Trouble() {
  const study = useStudy((state) => state);
  const interrupted = useStudies((state) => state.interrupted);
  const openedId = useStudies((state) => state.openedId);
  return (
    <>
      {study.status === 'failed' && (
        <ErrorCard
          error={study.error}
          onDismiss={clearStudy}
          {...(interrupted?.id === study.id
            ? { retryLabel: 'Go on', onRetry: () => void resumeInterruptedStudy() }
            : {})}
        />
      )}
      <Busy area="open-study" />
      <AreaError area="open-study" onRetry={() => void (openedId && openStudy(openedId))} />
    </>
  );
}
