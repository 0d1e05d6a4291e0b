/** Runs: everything trained in this browser, to open, name, take along or throw away. */
import { Button, FileButton, Group, Skeleton } from '@mantine/core';
import { IconArchive, IconFileImport } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { useActivity } from '../../state/activity';
import { deleteRun, importRun, listRuns } from '../../state/commands/runs';
import { useRuns } from '../../state/runs';
import type { RunSummary } from '../../workers/protocol';
import { Busy } from '../common/Busy';
import { EmptyState } from '../common/EmptyState';
import { AreaError } from '../common/ErrorCard';
import { ScreenFrame } from '../common/ScreenFrame';
import { RunsOverlay } from './RunsOverlay';
import { RunsTable } from './RunsTable';
import { StudiesPanel } from './StudiesPanel';
import { usePendingDeletes } from './usePendingDeletes';

const erase = ({ id }: RunSummary): Promise<void> => deleteRun(id);

export function RunsScreen() {
  const all = useRuns((runs) => runs.list);
  const activity = useActivity('runs');
  const [, go] = useLocation();
  const { pending, remove } = usePendingDeletes(erase);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  useEffect(() => void listRuns(), []);
  const list = all?.filter((run) => !pending.has(run.id)) ?? null;
  const shown = chosen.filter((id) => list?.some((run) => run.id === id));
  return (
    <ScreenFrame
      question="What have you trained so far?"
      lead="Runs are kept in this browser, with their weights. Save one as a file to keep it elsewhere."
    >
      <Group gap="sm">
        <FileButton
          onChange={(file) => {
            if (file) void importRun(file);
          }}
          inputProps={{ 'aria-label': 'Run file' }}
        >
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconFileImport size={17} aria-hidden />}>
              Open a run from a file
            </Button>
          )}
        </FileButton>
      </Group>
      <Busy area="run-file" />
      <AreaError area="run-file" />
      <AreaError area="runs" onRetry={() => void listRuns()} />
      {list === null && activity.status === 'busy' && <Skeleton height={160} />}
      {list?.length === 0 && (
        <EmptyState
          icon={<IconArchive size={40} stroke={1.3} />}
          sentence="Nothing has been trained in this browser yet."
          action={<Button onClick={() => go('/data')}>Start with some data</Button>}
        />
      )}
      {list && list.length > 0 && (
        <RunsTable runs={list} chosen={shown} onChoose={setChosen} onDelete={remove} />
      )}
      {shown.length > 1 && <RunsOverlay ids={shown} onClose={() => setChosen([])} />}
      <StudiesPanel />
    </ScreenFrame>
  );
}
