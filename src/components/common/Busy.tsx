/** Work in progress of an area: what is being done, how far it is, and a way to stop it. */
import { Button, Group, Progress, Text } from '@mantine/core';
import { type Area, useActivity } from '../../state/activity';
import { count } from './format';

interface BusyProps {
  area: Area;
  onCancel?: () => void;
  /** 'Cancel' when left out. */
  cancelLabel?: string;
}

export function Busy({ area, onCancel, cancelLabel = 'Cancel' }: BusyProps) {
  const activity = useActivity(area);
  if (activity.status !== 'busy') return null;
  const { label, progress } = activity;
  const share = progress && progress.total > 0 ? (100 * progress.done) / progress.total : null;
  return (
    <div role="status" aria-label={progress?.label ?? label}>
      <Group justify="space-between" mb={6}>
        <Text size="sm">
          {progress?.label ?? label}
          {share === null ? ' …' : ` · ${count(share)} %`}
        </Text>
        {onCancel && (
          <Button size="xs" variant="default" onClick={onCancel}>
            {cancelLabel}
          </Button>
        )}
      </Group>
      <Progress value={share ?? 100} animated={share === null} aria-label={progress?.label ?? label} />
    </div>
  );
}
