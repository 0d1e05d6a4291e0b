/** Asks before a run and its weights are thrown away. */
import { Text } from '@mantine/core';
import type { RunSummary } from '../../workers/protocol';
import { DeleteModal } from '../common/DeleteModal';
import { bytes } from '../common/format';

interface DeleteDialogProps {
  run: RunSummary | null;
  onClose: () => void;
  onConfirm: (run: RunSummary) => void;
}

export function DeleteDialog({ run, onClose, onConfirm }: DeleteDialogProps) {
  return (
    <DeleteModal
      opened={run !== null}
      onClose={onClose}
      title="Delete this run?"
      onConfirm={() => {
        if (run) onConfirm(run);
      }}
    >
      <Text>
        “{run?.name}” and its weights are removed from this browser, which frees {bytes(run?.bytes ?? 0)}.
        Files you exported stay yours.
      </Text>
    </DeleteModal>
  );
}
