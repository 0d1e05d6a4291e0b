/** A deleted run or study leaves the list at once and the disk a few seconds later, so that it can be taken back. */
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useEffect, useRef, useState } from 'react';

const UNDO_MS = 6000;

interface Named {
  id: string;
  name: string;
}

/** @param erase deletes for good; must be the same function at every render */
export function usePendingDeletes<T extends Named>(erase: (item: T) => Promise<void>) {
  const [pending, setPending] = useState<ReadonlySet<string>>(new Set());
  const timers = useRef(new Map<string, { timer: number; item: T }>());

  const forget = (id: string): void => {
    clearTimeout(timers.current.get(id)?.timer);
    timers.current.delete(id);
    setPending((before) => new Set([...before].filter((other) => other !== id)));
    notifications.hide(id);
  };

  // Leaving the screen ends the time for second thoughts.
  useEffect(() => {
    const held = timers.current;
    return () => {
      for (const [id, { timer, item }] of held) {
        clearTimeout(timer);
        notifications.hide(id);
        void erase(item);
      }
      held.clear();
    };
  }, [erase]);

  const remove = (item: T): void => {
    const { id, name } = item;
    setPending((before) => new Set([...before, id]));
    const timer = window.setTimeout(() => void erase(item).then(() => forget(id)), UNDO_MS);
    timers.current.set(id, { timer, item });
    notifications.show({
      id,
      autoClose: UNDO_MS,
      withCloseButton: false,
      message: (
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm">“{name}” was deleted.</Text>
          <Button size="compact-sm" variant="default" onClick={() => forget(id)}>
            Undo
          </Button>
        </Group>
      ),
    });
  };

  return { pending, remove };
}
