/** An empty place: one sentence, one action. */
import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './common.module.css';

interface EmptyStateProps {
  icon?: ReactNode;
  sentence: string;
  action?: ReactNode;
}

export function EmptyState({ icon, sentence, action }: EmptyStateProps) {
  return (
    <div className={classes.empty}>
      {icon !== undefined && <div aria-hidden>{icon}</div>}
      <Text c="dimmed">{sentence}</Text>
      {action}
    </div>
  );
}
