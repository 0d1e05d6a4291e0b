/** A model from this computer: a folder or zip, dropped or picked. Nothing leaves the tab. */
import { Button, Group, Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { IconFileZip, IconFolderOpen } from '@tabler/icons-react';
import { useRef } from 'react';
import { useActivity } from '../../state/activity';
import { cancelImport, importModel } from '../../state/commands/models';
import { Busy } from '../common/Busy';
import { AreaError } from '../common/ErrorCard';
import { Section } from '../common/Section';
import { Explained } from '../common/Term';
import styles from './sources.module.css';

/** Not among React's attributes, though every browser has it (HTML's File and Directory Entries API). */
const PICKS_FOLDER = { webkitdirectory: '' };

export function FolderPanel() {
  const activity = useActivity('import-model');
  const folder = useRef<HTMLInputElement>(null);
  const zip = useRef<() => void>(null);
  return (
    <Section
      title="From your computer"
      lead={
        <>
          A model’s folder as{' '}
          <Explained
            term="The files of transformers"
            definition="config.json, tokenizer.json, tokenizer_config.json and model.safetensors, as save_pretrained writes them and the Hugging Face Hub lists them. Other files are left out."
          >
            its makers publish it
          </Explained>
          , or a zip of one. It is copied into this browser and goes nowhere else.
        </>
      }
    >
      <AreaError area="import-model" />
      {activity.status === 'busy' ? (
        <Busy area="import-model" onCancel={cancelImport} />
      ) : (
        <Dropzone
          className={styles.drop}
          openRef={zip}
          activateOnClick={false}
          activateOnKeyboard={false}
          enablePointerEvents
          tabIndex={-1}
          inputProps={{ 'aria-label': 'Model zip' }}
          onDrop={(files) => void importModel(files)}
        >
          <Text fw={550} mb="sm">
            <Dropzone.Accept>Let go to read it</Dropzone.Accept>
            <Dropzone.Idle>Drop a folder or a zip here</Dropzone.Idle>
          </Text>
          <Group gap="sm" justify="center">
            <Button
              variant="default"
              leftSection={<IconFolderOpen size={17} aria-hidden />}
              onClick={() => folder.current?.click()}
            >
              Choose a folder
            </Button>
            <Button
              variant="default"
              leftSection={<IconFileZip size={17} aria-hidden />}
              onClick={() => zip.current?.()}
            >
              Choose a zip
            </Button>
          </Group>
        </Dropzone>
      )}
      <input
        ref={folder}
        type="file"
        hidden
        multiple
        aria-label="Model folder"
        {...PICKS_FOLDER}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          currentTarget.value = '';
          void importModel(files);
        }}
      />
    </Section>
  );
}
