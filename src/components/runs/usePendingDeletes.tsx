/** A deleted run leaves the list at once and the disk a few seconds later, so that it can be taken back. */
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useEffect, useRef, useState } from 'react';
import { deleteRun } from '../../state/commands/runs';
import type { RunSummary } from '../../workers/protocol';

const UNDO_MS = 6000;

export function usePendingDeletes() {
  const [pending, setPending] = useState<ReadonlySet<string>>(new Set());
  const timers = useRef(new Map<string, number>());

  const forget = (id: string): void => {
    clearTimeout(timers.current.get(id));
    timers.current.delete(id);
    setPending((before) => new Set([...before].filter((other) => other !== id)));
    notifications.hide(id);
  };

  // Leaving the screen ends the time for second thoughts.
  useEffect(() => {
    const held = timers.current;
    return () => {
      for (const [id, timer] of held) {
        clearTimeout(timer);
        notifications.hide(id);
        void deleteRun(id);
      }
      held.clear();
    };
  }, []);

  const remove = (run: RunSummary): void => {
    setPending((before) => new Set([...before, run.id]));
    const timer = window.setTimeout(() => void deleteRun(run.id).then(() => forget(run.id)), UNDO_MS);
    timers.current.set(run.id, timer);
    notifications.show({
      id: run.id,
      autoClose: UNDO_MS,
      withCloseButton: false,
      message: (
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm">“{run.name}” was deleted.</Text>
          <Button size="compact-sm" variant="default" onClick={() => forget(run.id)}>
            Undo
          </Button>
        </Group>
      ),
    });
  };

  return { pending, remove };
}
