/** Asks before a study is thrown away, and whether the runs tuned in it go with it. */
import { Checkbox, Text } from '@mantine/core';
import { useState } from 'react';
import type { StudySummary } from '../../workers/protocol';
import { DeleteModal } from '../common/DeleteModal';

interface DeleteStudyDialogProps {
  study: StudySummary | null;
  onClose: () => void;
  onConfirm: (study: StudySummary, runs: boolean) => void;
}

export function DeleteStudyDialog({ study, onClose, onConfirm }: DeleteStudyDialogProps) {
  const [runs, setRuns] = useState(true);
  return (
    <DeleteModal
      opened={study !== null}
      onClose={onClose}
      title="Delete this study?"
      onConfirm={() => {
        if (study) onConfirm(study, runs);
      }}
    >
      <Text>“{study?.name}”, its table and its answers are removed from this browser.</Text>
      <Checkbox
        mt="md"
        label="Also delete the runs that were tuned in it"
        checked={runs}
        onChange={(event) => setRuns(event.currentTarget.checked)}
      />
    </DeleteModal>
  );
}
