/** Asks before a run and its weights are thrown away. */
import { Button, Group, Modal, Text } from '@mantine/core';
import type { RunSummary } from '../../workers/protocol';
import { bytes } from '../common/format';

interface DeleteDialogProps {
  run: RunSummary | null;
  onClose: () => void;
  onConfirm: (run: RunSummary) => void;
}

export function DeleteDialog({ run, onClose, onConfirm }: DeleteDialogProps) {
  return (
    <Modal
      opened={run !== null}
      onClose={onClose}
      title="Delete this run?"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Text>
        “{run?.name}” and its weights are removed from this browser, which frees {bytes(run?.bytes ?? 0)}.
        Files you exported stay yours.
      </Text>
      <Group justify="flex-end" gap="sm" mt="md">
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep it
        </Button>
        <Button
          color="red"
          onClick={() => {
            if (run) onConfirm(run);
            onClose();
          }}
        >
          Delete
        </Button>
      </Group>
    </Modal>
  );
}
