/** `/runs/:id`: opens a saved run and shows it in Compare. */
import { Stack } from '@mantine/core';
import { useEffect } from 'react';
import { Redirect, useParams } from 'wouter';
import { openRun } from '../../state/commands/runs';
import { useRuns } from '../../state/runs';
import { Busy } from '../common/Busy';
import { AreaError } from '../common/ErrorCard';
import { ScreenFrame } from '../common/ScreenFrame';

export function OpenRun() {
  const { id } = useParams<{ id: string }>();
  const openedId = useRuns((runs) => runs.opened?.report.id);
  useEffect(() => void openRun(id), [id]);
  if (openedId === id) return <Redirect to="/compare" replace />;
  return (
    <ScreenFrame question="Opening the run" back={{ to: '/runs', label: 'All runs' }}>
      <Stack>
        <Busy area="open-run" />
        <AreaError area="open-run" onRetry={() => void openRun(id)} />
      </Stack>
    </ScreenFrame>
  );
}
