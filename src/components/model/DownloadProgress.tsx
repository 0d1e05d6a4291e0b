/** The download under way, in the panel that it was begun in, and why the last one there ended. */
import { Text } from '@mantine/core';
import { pauseDownload } from '../../state/commands/models';
import { type ModelOffer, useHub } from '../../state/hub';
import { Busy } from '../common/Busy';
import { AreaError } from '../common/ErrorCard';
import styles from './sources.module.css';

export function DownloadProgress({ from }: { from: ModelOffer['source']['kind'] }) {
  const downloading = useHub((hub) => hub.downloading);
  const isHere = useHub((hub) => hub.downloadFrom === from);
  if (!isHere) return null;
  return (
    <>
      {downloading && (
        <div className={styles.download}>
          <Text fw={550}>{downloading.name}</Text>
          <Busy area="download" onCancel={pauseDownload} cancelLabel="Pause" />
        </div>
      )}
      <AreaError area="download" />
    </>
  );
}
