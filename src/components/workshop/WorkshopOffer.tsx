/** `/prompt-or-tune#workshop=…`: what the link would open, in words, and the question whether to open it. */
import { Text } from '@mantine/core';
import { useLocation } from 'wouter';
import type { ErrorData } from '../../engine/core/errors';
import type { Workshop } from '../../engine/core/workshop';
import { useActivity } from '../../state/activity';
import { cancelOpening } from '../../state/commands/data';
import { enterWorkshop } from '../../state/commands/workshop';
import { useProject } from '../../state/project';
import { useRun } from '../../state/run';
import { isUnderWay } from '../../state/runReducer';
import { useStudy } from '../../state/study';
import { isStudyUnderWay } from '../../state/studyReducer';
import { Busy } from '../common/Busy';
import { AreaError, ErrorCard } from '../common/ErrorCard';
import { ScreenFrame } from '../common/ScreenFrame';
import { Section } from '../common/Section';
import { WorkshopSummary } from './WorkshopSummary';
import { titleOf } from './workshopText';

/** Without what stands after '#': the page that is shown when there is no link. */
const HERE = '/prompt-or-tune';

export function WorkshopOffer({ workshop }: { workshop: Workshop }) {
  const [, navigate] = useLocation();
  const running = useRun(isUnderWay);
  const studying = useStudy(isStudyUnderWay);
  const replaces = useProject(({ summary }) => summary?.name ?? null);
  const busy = useActivity('data').status === 'busy';
  const enter = async (): Promise<void> => {
    if (await enterWorkshop(workshop)) navigate(HERE, { replace: true });
  };
  const { source } = workshop;
  return (
    <ScreenFrame
      question="Open this workshop?"
      lead={titleOf(workshop)}
      back={{ to: HERE, label: 'Not now' }}
      primary={{
        label: source.kind === 'sample' ? 'Open' : `Fetch from ${new URL(source.url).host} and open`,
        onClick: () => void enter(),
        busy,
        disabledReason: running
          ? 'A run is under way in this tab: let it end first.'
          : studying
            ? 'A study is under way in this tab: let it end first.'
            : null,
      }}
    >
      <Busy area="data" onCancel={cancelOpening} />
      <AreaError area="data" onRetry={() => void enter()} />
      <Section title="What the link holds">
        <WorkshopSummary workshop={workshop} />
        <Text mt="md">
          {replaces !== null && `It takes the place of ${replaces} and of the choices made here. `}
          Runs and studies stay. Nothing starts by itself.
        </Text>
      </Section>
    </ScreenFrame>
  );
}

/** A link that cannot be read. */
export function BadWorkshop({ error }: { error: ErrorData }) {
  const [, navigate] = useLocation();
  return (
    <ScreenFrame question="This workshop cannot be opened">
      <ErrorCard
        error={error}
        retryLabel="Go on without it"
        onRetry={() => navigate(HERE, { replace: true })}
      />
    </ScreenFrame>
  );
}
