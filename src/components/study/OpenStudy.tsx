/** `/studies/:id`: opens a saved study under “Prompt or tune?”. */
import { Stack } from '@mantine/core';
import { useEffect } from 'react';
import { Redirect, useParams } from 'wouter';
import { openStudy } from '../../state/commands/studies';
import { useStudies } from '../../state/studies';
import { Busy } from '../common/Busy';
import { AreaError } from '../common/ErrorCard';
import { ScreenFrame } from '../common/ScreenFrame';

export function OpenStudy() {
  const { id } = useParams<{ id: string }>();
  const openedId = useStudies((studies) => studies.opened?.report.id);
  useEffect(() => void openStudy(id), [id]);
  if (openedId === id) return <Redirect to="/prompt-or-tune" replace />;
  return (
    <ScreenFrame question="Opening the study" back={{ to: '/runs', label: 'All runs' }}>
      <Stack>
        <Busy area="open-study" />
        <AreaError area="open-study" onRetry={() => void openStudy(id)} />
      </Stack>
    </ScreenFrame>
  );
}
