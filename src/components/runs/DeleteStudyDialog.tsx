/** Asks before a study is thrown away, and whether the runs tuned in it go with it. */
import { Button, Checkbox, Group, Modal, Text } from '@mantine/core';
import { useState } from 'react';
import type { StudySummary } from '../../workers/protocol';

interface DeleteStudyDialogProps {
  study: StudySummary | null;
  onClose: () => void;
  onConfirm: (study: StudySummary, runs: boolean) => void;
}

export function DeleteStudyDialog({ study, onClose, onConfirm }: DeleteStudyDialogProps) {
  const [runs, setRuns] = useState(true);
  return (
    <Modal
      opened={study !== null}
      onClose={onClose}
      title="Delete this study?"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Text>“{study?.name}”, its table and its answers are removed from this browser.</Text>
      <Checkbox
        mt="md"
        label="Also delete the runs that were tuned in it"
        checked={runs}
        onChange={(event) => setRuns(event.currentTarget.checked)}
      />
      <Group justify="flex-end" gap="sm" mt="md">
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep it
        </Button>
        <Button
          color="red"
          onClick={() => {
            if (study) onConfirm(study, runs);
            onClose();
          }}
        >
          Delete
        </Button>
      </Group>
    </Modal>
  );
}
