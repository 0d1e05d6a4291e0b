/** A new name for a run. */
import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { renameRun } from '../../state/commands/runs';
import type { RunSummary } from '../../workers/protocol';

interface RenameDialogProps {
  run: RunSummary | null;
  onClose: () => void;
}

export function RenameDialog({ run, onClose }: RenameDialogProps) {
  const [name, setName] = useState('');
  useEffect(() => setName(run?.name ?? ''), [run]);
  return (
    <Modal
      opened={run !== null}
      onClose={onClose}
      title="Rename the run"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (run) void renameRun(run.id, name);
          onClose();
        }}
      >
        <TextInput
          label="Name"
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <Group justify="flex-end" gap="sm" mt="md">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={name.trim() === ''}>
            Rename
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
