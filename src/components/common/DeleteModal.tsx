/** Asks before something is thrown away; keeping it is what Enter does. */
import { Button, Group, Modal } from '@mantine/core';
import type { ReactNode } from 'react';

interface DeleteModalProps {
  title: string;
  opened: boolean;
  onClose: () => void;
  onConfirm: () => void;
  /** What goes, and what stays. */
  children: ReactNode;
}

export function DeleteModal({ title, opened, onClose, onConfirm, children }: DeleteModalProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      {children}
      <Group justify="flex-end" gap="sm" mt="md">
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep it
        </Button>
        <Button
          // Dark in both schemes: white on a lighter red cannot be read.
          color="red.9"
          onClick={() => {
            onConfirm();
            onClose();
          }}
        >
          Delete
        </Button>
      </Group>
    </Modal>
  );
}
