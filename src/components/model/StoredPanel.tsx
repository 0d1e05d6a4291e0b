/** What is kept in this browser's storage: to see, to go on with, to throw away. */
import { ActionIcon, Button, Group, Skeleton, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { isSameDownload } from '../../engine/core/modelOffer';
import { deleteModel, discardDownload, downloadModel, lookThroughModels } from '../../state/commands/models';
import { type UnfinishedDownload, useHub } from '../../state/hub';
import { useMachine } from '../../state/machine';
import type { ModelEntry } from '../../workers/protocol';
import { DeleteModal } from '../common/DeleteModal';
import { AreaError } from '../common/ErrorCard';
import { bytes, moment } from '../common/format';
import { Section } from '../common/Section';
import styles from './sources.module.css';

export function StoredPanel() {
  const models = useMachine((machine) => machine.models);
  const unfinished = useHub((hub) => hub.unfinished);
  const downloading = useHub((hub) => hub.downloading);
  const storage = useHub((hub) => hub.storage);
  const [deleting, setDeleting] = useState<ModelEntry | null>(null);
  useEffect(() => void lookThroughModels(), []);
  const stored = models?.filter(({ source }) => source.kind !== 'built-in') ?? null;
  const paused = unfinished?.filter(({ offer }) => !downloading || !isSameDownload(offer, downloading)) ?? [];
  return (
    <Section
      title="Models on this machine"
      {...(storage
        ? {
            lead: `This page keeps ${bytes(storage.used)} of the ${bytes(storage.quota)} that the browser allows, models, data and runs together.`,
          }
        : {})}
    >
      <AreaError area="stored-models" onRetry={() => void lookThroughModels()} />
      {stored === null && <Skeleton height={48} aria-label="Looking through the storage" />}
      {stored?.length === 0 && paused.length === 0 && (
        <Text c="dimmed">Nothing is stored beside the model that comes with Hone.</Text>
      )}
      {(paused.length > 0 || (stored && stored.length > 0)) && (
        <ul className={styles.list} aria-label="Stored models">
          {paused.map((each) => (
            <PausedItem key={each.folder} download={each} busy={downloading !== null} />
          ))}
          {stored?.map((model) => (
            <li key={model.id} className={styles.item}>
              <div className={styles.what}>
                <Text fw={550}>{model.name}</Text>
                <Text size="sm" c="dimmed">
                  {[bytes(model.bytes), model.goodAt.replace(/\.$/, ''), `licence ${model.licence}`]
                    .concat(model.storedAt === null ? [] : [moment(model.storedAt)])
                    .join(' · ')}
                </Text>
              </div>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={`Delete ${model.name}`}
                onClick={() => setDeleting(model)}
              >
                <IconTrash size={18} aria-hidden />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
      <DeleteModel model={deleting} onClose={() => setDeleting(null)} />
    </Section>
  );
}

function PausedItem({ download, busy }: { download: UnfinishedDownload; busy: boolean }) {
  const { offer } = download;
  return (
    <li className={styles.item}>
      <div className={styles.what}>
        <Text fw={550}>{offer.name}</Text>
        <Text size="sm" c="dimmed">
          Download paused: {bytes(download.bytes)} of {bytes(offer.bytes)} are here
        </Text>
      </div>
      <Group gap="xs">
        <Button
          size="sm"
          variant="default"
          disabled={busy}
          aria-label={`Go on with the download of ${offer.name}`}
          onClick={() => void downloadModel(offer)}
        >
          Go on
        </Button>
        <Button
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={`Throw away the download of ${offer.name}`}
          onClick={() => void discardDownload(download)}
        >
          Throw away
        </Button>
      </Group>
    </li>
  );
}

function DeleteModel({ model, onClose }: { model: ModelEntry | null; onClose: () => void }) {
  return (
    <DeleteModal
      opened={model !== null}
      onClose={onClose}
      title="Delete this model?"
      onConfirm={() => {
        if (model) void deleteModel(model);
      }}
    >
      <Text>
        “{model?.name}” is removed from this browser, which frees {bytes(model?.bytes ?? 0)}. Runs that were
        trained on it keep their results; to answer new texts or to be exported they need it again.
      </Text>
    </DeleteModal>
  );
}
