/** A new name for a run or a study. */
import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';

interface RenameDialogProps {
  /** 'run' or 'study'. */
  what: string;
  item: { id: string; name: string } | null;
  onRename: (id: string, name: string) => void;
  onClose: () => void;
}

export function RenameDialog({ what, item, onRename, onClose }: RenameDialogProps) {
  const [name, setName] = useState('');
  useEffect(() => setName(item?.name ?? ''), [item]);
  return (
    <Modal
      opened={item !== null}
      onClose={onClose}
      title={`Rename the ${what}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (item) onRename(item.id, name);
          onClose();
        }}
      >
        <TextInput
          label="Name"
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <Group justify="flex-end" gap="sm" mt="md">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={name.trim() === ''}>
            Rename
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
