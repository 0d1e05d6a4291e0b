/** After the download: where it went and what to do next. */
import { Text } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { bytes } from '../common/format';
import classes from './export.module.css';

export function Done({ name, size }: { name: string; size: number }) {
  return (
    <div className={classes.done} role="status">
      <IconCheck size={22} stroke={2.2} aria-hidden />
      <div>
        <Text fw={550}>Handed to your browser: {zipName(name)}</Text>
        <Text c="dimmed">
          {bytes(size)} unpacked. Find it in your downloads, unpack it, and paste the code below beside the
          folder.
        </Text>
      </div>
    </div>
  );
}

function zipName(name: string): string {
  return name.endsWith('.zip') ? name : `${name}.zip`;
}
