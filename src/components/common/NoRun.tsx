/** What Compare and Export show while no run stands open: it is being opened, it failed to, or there is none. */
import { Button, Skeleton, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useActivity } from '../../state/activity';
import { openRun } from '../../state/commands/runs';
import { useProject } from '../../state/project';
import { useRuns } from '../../state/runs';
import { EmptyState } from './EmptyState';
import { ErrorCard } from './ErrorCard';

interface NoRunProps {
  icon: ReactNode;
  sentence: string;
}

export function NoRun({ icon, sentence }: NoRunProps) {
  const openedId = useRuns((runs) => runs.openedId);
  const activity = useActivity('open-run');
  const hasData = useProject((project) => project.summary !== null);
  if (activity.status === 'failed') {
    return (
      <ErrorCard error={activity.error} {...(openedId ? { onRetry: () => void openRun(openedId) } : {})}>
        <Button component={Link} href="/runs" size="sm" variant="default">
          Choose another run
        </Button>
      </ErrorCard>
    );
  }
  if (activity.status === 'busy') {
    return (
      <Stack role="status" aria-label="Opening the run">
        <Skeleton height={32} width="70%" />
        <Skeleton height={240} />
        <Skeleton height={320} />
      </Stack>
    );
  }
  return (
    <EmptyState
      icon={icon}
      sentence={sentence}
      action={
        <Button component={Link} href={hasData ? '/train' : '/data'} variant="default">
          {hasData ? 'Go to Train' : 'Start with some data'}
        </Button>
      }
    />
  );
}
