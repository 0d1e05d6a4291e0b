/** An error as a person needs it: what happened and where, the way out, and a button that takes it. */
import { Button, Group, Paper, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { ErrorData } from '../../engine/core/errors';
import { type Area, dismissError, useActivity } from '../../state/activity';
import classes from './common.module.css';

interface ErrorCardProps {
  error: ErrorData;
  /** Label of the retry button; 'Try again' when left out. */
  retryLabel?: string;
  onRetry?: () => void;
  onDismiss?: () => void;
  /** Further ways out. */
  children?: ReactNode;
}

export function ErrorCard({ error, retryLabel = 'Try again', onRetry, onDismiss, children }: ErrorCardProps) {
  return (
    <Paper className={classes.error} role="alert" p="md">
      <IconAlertTriangle aria-hidden className={classes.errorIcon} size={20} />
      <div className={classes.errorText}>
        <Text fw={550}>{error.message}</Text>
        {error.hint !== undefined && <Text>{error.hint}</Text>}
        {(onRetry || onDismiss || children) && (
          <Group gap="xs" mt="xs">
            {onRetry && (
              <Button size="sm" variant="default" onClick={onRetry}>
                {retryLabel}
              </Button>
            )}
            {children}
            {onDismiss && (
              <Button size="sm" variant="subtle" color="gray" onClick={onDismiss}>
                Dismiss
              </Button>
            )}
          </Group>
        )}
      </div>
    </Paper>
  );
}

/** The error of an area, when it has one. */
export function AreaError({ area, onRetry }: { area: Area; onRetry?: () => void }) {
  const activity = useActivity(area);
  if (activity.status !== 'failed') return null;
  return (
    <ErrorCard
      error={activity.error}
      onDismiss={() => dismissError(area)}
      {...(onRetry ? { onRetry } : {})}
    />
  );
}
