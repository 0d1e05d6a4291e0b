/** The ways in: drop or pick a file, paste rows, or take a sample. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { useDisclosure } from '@mantine/hooks';
import { IconClipboardText, IconFileText } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useActivity } from '../../state/activity';
import { cancelOpening, openFile } from '../../state/commands/data';
import { Busy } from '../common/Busy';
import { AreaError } from '../common/ErrorCard';
import classes from './data.module.css';
import { PasteDialog } from './PasteDialog';
import { SampleCards } from './SampleCards';

export function Intake({ compact = false }: { compact?: boolean }) {
  const reading = useActivity('data');
  const [pasting, paste] = useDisclosure(false);
  const [pasted, setPasted] = useState('');

  // Ctrl+V anywhere on the screen brings rows in, too.
  useEffect(() => {
    const receive = (event: ClipboardEvent): void => {
      const target = event.target;
      if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return;
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (text.trim() === '') return;
      setPasted(text);
      paste.open();
    };
    document.addEventListener('paste', receive);
    return () => document.removeEventListener('paste', receive);
  }, [paste.open]);

  return (
    <Stack gap="md">
      <AreaError area="data" />
      <div className={classes.intake} data-compact={compact || undefined}>
        {reading.status === 'busy' ? (
          <div className={classes.drop}>
            <div className={classes.reading}>
              <Busy area="data" onCancel={cancelOpening} />
            </div>
          </div>
        ) : (
          <Dropzone
            className={classes.drop}
            multiple={false}
            activateOnKeyboard={false}
            enablePointerEvents
            tabIndex={-1}
            inputProps={{ 'aria-label': 'Data file' }}
            onDrop={([file]) => {
              if (file) void openFile(file);
            }}
          >
            <div className={classes.dropInner}>
              <IconFileText size={40} stroke={1.3} aria-hidden className={classes.dropIcon} />
              <Text size="lg" fw={550}>
                <Dropzone.Accept>Let go to open it</Dropzone.Accept>
                <Dropzone.Idle>Drop a file here</Dropzone.Idle>
                <Dropzone.Reject>One file at a time, please</Dropzone.Reject>
              </Text>
              <Text c="dimmed" size="sm">
                CSV, TSV, JSONL or JSON, as it is. Encoding and columns are found for you.
              </Text>
              <Group gap="sm" mt="sm" justify="center">
                <Button size="md">Choose a file</Button>
                <Button
                  size="md"
                  variant="default"
                  leftSection={<IconClipboardText size={17} aria-hidden />}
                  onClick={(event) => {
                    event.stopPropagation();
                    paste.open();
                  }}
                >
                  Paste rows
                </Button>
              </Group>
            </div>
          </Dropzone>
        )}
        <SampleCards />
      </div>
      <PasteDialog opened={pasting} initial={pasted} onClose={paste.close} />
    </Stack>
  );
}
