/** Rows from the clipboard: straight out of a spreadsheet, or any of the file formats. */
import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useEffect, useState } from 'react';
import { openText } from '../../state/commands/data';
import { plural } from '../common/format';
import classes from './data.module.css';

interface PasteDialogProps {
  opened: boolean;
  initial: string;
  onClose: () => void;
}

export function PasteDialog({ opened, initial, onClose }: PasteDialogProps) {
  const [text, setText] = useState(initial);
  useEffect(() => setText(initial), [initial]);
  const lines = text.trim() === '' ? 0 : text.trim().split('\n').length;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Paste rows"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          Copy rows in a spreadsheet and paste them here, with the row of column names when there is one. CSV,
          JSONL and JSON work, too.
        </Text>
        <Textarea
          label="Rows"
          autosize
          minRows={10}
          maxRows={18}
          classNames={{ input: classes.mono ?? '' }}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          placeholder={'text,label\nWhere is my parcel?,order_status'}
          data-autofocus
        />
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {lines > 0 && plural(lines, 'line')}
          </Text>
          <Group gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              disabled={lines === 0}
              onClick={() => {
                onClose();
                void openText(text);
              }}
            >
              Open these rows
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  );
}
