/** Said where a run stands open that was trained on other data than is open now. */
import { Alert } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import type { DataConfig } from '../../engine/core/config';
import { useProject } from '../../state/project';

export function OtherData({ data }: { data: Pick<DataConfig, 'name' | 'hash'> }) {
  const now = useProject((project) => project.summary);
  if (!now || now.hash === data.hash) return null;
  return (
    <Alert
      color="gray"
      variant="light"
      role="note"
      icon={<IconInfoCircle size={18} aria-hidden />}
      title={`This is the run on ${data.name}`}
    >
      The data open now is {now.name}
      {now.name === data.name && ', another file of the same name'}: no run on it stands here yet.
    </Alert>
  );
}
