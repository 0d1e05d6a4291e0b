/** A model's own card: limits and sources first, then everything its makers wrote. */
import { Anchor, Drawer, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ModelEntry } from '../../workers/protocol';
import { Markdown } from '../common/Markdown';
import styles from './model.module.css';

export function ModelDetails({ model, onClose }: { model: ModelEntry | null; onClose: () => void }) {
  return (
    <Drawer
      opened={model !== null}
      onClose={onClose}
      position="right"
      size="lg"
      title={model ? `Model card: ${model.name}` : ''}
      closeButtonProps={{ 'aria-label': 'Close the model card' }}
      transitionProps={{ duration: 150 }}
    >
      {model && (
        <div className={styles.details}>
          <Title order={3} size="h4">
            What it cannot do
          </Title>
          <ul className={styles.limits}>
            {model.limits.map((limit) => (
              <li key={limit}>
                <IconAlertTriangle size={16} aria-hidden />
                <span>{limit}</span>
              </li>
            ))}
          </ul>
          <Title order={3} size="h4">
            Where it comes from
          </Title>
          <ul className={styles.sources}>
            {model.sources.map((source) => (
              <li key={source.url}>
                <Anchor href={source.url} target="_blank" rel="noreferrer" inherit underline="always">
                  {source.name}
                </Anchor>
                <span>{source.licence}</span>
              </li>
            ))}
          </ul>
          <hr className={styles.rule} />
          <Markdown text={model.card} />
        </div>
      )}
    </Drawer>
  );
}
