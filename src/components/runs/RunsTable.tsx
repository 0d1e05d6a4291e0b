/** One row per run; its name opens it. */
import { Anchor, Badge, Checkbox, Menu, Table, Text, VisuallyHidden } from '@mantine/core';
import { IconDeviceFloppy } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { METHODS } from '../../engine/catalog';
import { renameRun, saveRun } from '../../state/commands/runs';
import { modelOf, useMachine } from '../../state/machine';
import type { RunSummary } from '../../workers/protocol';
import { bytes, count, moment, percent } from '../common/format';
import { DeleteDialog } from './DeleteDialog';
import { RenameDialog } from './RenameDialog';
import { RowMenu } from './RowMenu';
import classes from './runs.module.css';

interface RunsTableProps {
  runs: readonly RunSummary[];
  /** Ids of the runs to lay over each other. */
  chosen: readonly string[];
  onChoose: (ids: string[]) => void;
  onDelete: (run: RunSummary) => void;
}

export function RunsTable({ runs, chosen, onChoose, onDelete }: RunsTableProps) {
  const [renaming, setRenaming] = useState<RunSummary | null>(null);
  const [deleting, setDeleting] = useState<RunSummary | null>(null);
  const newest = [...runs].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  return (
    <div className={classes.wrap}>
      <Table aria-label="Saved runs" verticalSpacing="sm" className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>
              <VisuallyHidden>Lay over each other</VisuallyHidden>
            </Table.Th>
            <Table.Th>Run</Table.Th>
            <Table.Th>Data, model, method</Table.Th>
            <Table.Th>Right on test rows</Table.Th>
            <Table.Th>When</Table.Th>
            <Table.Th>Size</Table.Th>
            <Table.Th>
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {newest.map((run) => (
            <RunRow
              key={run.id}
              run={run}
              isChosen={chosen.includes(run.id)}
              onChoose={(on) => onChoose(on ? [...chosen, run.id] : chosen.filter((id) => id !== run.id))}
              onRename={setRenaming}
              onDelete={setDeleting}
            />
          ))}
        </Table.Tbody>
      </Table>
      <RenameDialog
        what="run"
        item={renaming}
        onRename={(id, name) => void renameRun(id, name)}
        onClose={() => setRenaming(null)}
      />
      <DeleteDialog run={deleting} onClose={() => setDeleting(null)} onConfirm={onDelete} />
    </div>
  );
}

interface RunRowProps {
  run: RunSummary;
  isChosen: boolean;
  onChoose: (on: boolean) => void;
  onRename: (run: RunSummary) => void;
  onDelete: (run: RunSummary) => void;
}

function RunRow({ run, isChosen, onChoose, onRename, onDelete }: RunRowProps) {
  const model = useMachine((machine) => modelOf(machine, run.model)?.name ?? run.model);
  const method = METHODS.find(({ id }) => id === run.method)?.label ?? run.method;
  const finished = run.state === 'finished';
  return (
    <Table.Tr className={classes.run}>
      <Table.Td className={classes.check}>
        {finished && (
          <Checkbox
            aria-label={`Lay ${run.name} over others`}
            checked={isChosen}
            onChange={(event) => onChoose(event.currentTarget.checked)}
          />
        )}
      </Table.Td>
      <Table.Td className={classes.name}>
        {finished ? (
          <Anchor component={Link} underline="hover" href={`/runs/${run.id}`} fw={550}>
            {run.name}
          </Anchor>
        ) : (
          <Text fw={550}>{run.name}</Text>
        )}
      </Table.Td>
      <Table.Td data-label="Of">
        <Text size="sm">{run.data}</Text>
        <Text size="sm" c="dimmed">
          {model}, {method}
        </Text>
      </Table.Td>
      <Table.Td data-label="Right">
        {run.accuracy === null ? (
          <Badge variant="outline" color="gray" tt="none">
            Stopped at step {count(run.step)} of {count(run.totalSteps)}
          </Badge>
        ) : (
          <strong>{percent(run.accuracy)}</strong>
        )}
      </Table.Td>
      <Table.Td className={classes.small} data-label="When">
        {moment(run.createdAt)}
      </Table.Td>
      <Table.Td className={classes.small} data-label="Size">
        {bytes(run.bytes)}
      </Table.Td>
      <Table.Td className={classes.more}>
        <RowMenu name={run.name} onRename={() => onRename(run)} onDelete={() => onDelete(run)}>
          {finished && (
            <Menu.Item
              leftSection={<IconDeviceFloppy size={16} aria-hidden />}
              onClick={() => void saveRun(run.id)}
            >
              Save as a file
            </Menu.Item>
          )}
        </RowMenu>
      </Table.Td>
    </Table.Tr>
  );
}
