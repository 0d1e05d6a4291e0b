/** Studies kept in this browser: open, name, throw away. */
import { Anchor, Badge, Table, Text, VisuallyHidden } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { deleteStudy, listStudies, renameStudy } from '../../state/commands/studies';
import { useStudies } from '../../state/studies';
import type { StudySummary } from '../../workers/protocol';
import { AreaError } from '../common/ErrorCard';
import { count, moment, percent, plural } from '../common/format';
import { DeleteStudyDialog } from './DeleteStudyDialog';
import { RenameDialog } from './RenameDialog';
import { RowMenu } from './RowMenu';
import classes from './runs.module.css';
import { usePendingDeletes } from './usePendingDeletes';

/** A study to throw away, and whether its runs go with it. */
type Doomed = StudySummary & { runs: boolean };
const erase = ({ id, runs }: Doomed): Promise<void> => deleteStudy(id, runs);

export function StudiesPanel() {
  const all = useStudies((studies) => studies.list);
  const { pending, remove } = usePendingDeletes(erase);
  const [renaming, setRenaming] = useState<StudySummary | null>(null);
  const [deleting, setDeleting] = useState<StudySummary | null>(null);
  useEffect(() => void listStudies(), []);
  const list = all?.filter(({ id }) => !pending.has(id)) ?? [];
  if (list.length === 0) return <AreaError area="studies" onRetry={() => void listStudies()} />;
  return (
    <>
      <AreaError area="studies" onRetry={() => void listStudies()} />
      <div className={classes.wrap}>
        <Table aria-label="Saved studies" verticalSpacing="sm" className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Prompt or tune?</Table.Th>
              <Table.Th>Data</Table.Th>
              <Table.Th>Most often right</Table.Th>
              <Table.Th>When</Table.Th>
              <Table.Th>
                <VisuallyHidden>Actions</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {list.map((study) => (
              <StudyRow key={study.id} study={study} onRename={setRenaming} onDelete={setDeleting} />
            ))}
          </Table.Tbody>
        </Table>
        <RenameDialog
          what="study"
          item={renaming}
          onRename={(id, name) => void renameStudy(id, name)}
          onClose={() => setRenaming(null)}
        />
        <DeleteStudyDialog
          study={deleting}
          onClose={() => setDeleting(null)}
          onConfirm={(study, runs) => remove({ ...study, runs })}
        />
      </div>
    </>
  );
}

interface StudyRowProps {
  study: StudySummary;
  onRename: (study: StudySummary) => void;
  onDelete: (study: StudySummary) => void;
}

function StudyRow({ study, onRename, onDelete }: StudyRowProps) {
  const { id, name, data, best, state, arms, finishedArms, createdAt } = study;
  return (
    <Table.Tr className={classes.run}>
      <Table.Td className={classes.name}>
        <Anchor component={Link} underline="hover" href={`/studies/${id}`} fw={550}>
          {name}
        </Anchor>
      </Table.Td>
      <Table.Td data-label="Of">
        <Text size="sm">{data}</Text>
        <Text size="sm" c="dimmed">
          {plural(arms, 'way')}
        </Text>
      </Table.Td>
      <Table.Td data-label="Best">
        {best && (
          <div>
            <strong>{percent(best.accuracy)}</strong>
            <Text size="sm" c="dimmed">
              {best.label}
            </Text>
          </div>
        )}
        {state === 'interrupted' && (
          <Badge variant="outline" color="gray" tt="none">
            {count(finishedArms)} of {plural(arms, 'way')} done
          </Badge>
        )}
      </Table.Td>
      <Table.Td className={classes.small} data-label="When">
        {moment(createdAt)}
      </Table.Td>
      <Table.Td className={classes.more}>
        <RowMenu name={name} onRename={() => onRename(study)} onDelete={() => onDelete(study)} />
      </Table.Td>
    </Table.Tr>
  );
}
