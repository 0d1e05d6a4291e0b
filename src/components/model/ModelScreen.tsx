/** Which model to start from: the catalogue, with what each is good at and whether it fits here. */
import { Skeleton } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { loadModels } from '../../state/commands/machine';
import { chooseModel } from '../../state/commands/settings';
import { useMachine } from '../../state/machine';
import { useProject } from '../../state/project';
import { AreaError } from '../common/ErrorCard';
import type { NoteSpec } from '../common/Note';
import { ScreenFrame } from '../common/ScreenFrame';
import { useEstimate } from '../method/useEstimate';
import { AddressPanel } from './AddressPanel';
import { FolderPanel } from './FolderPanel';
import { HubPanel } from './HubPanel';
import { ModelCard } from './ModelCard';
import { ModelDetails } from './ModelDetails';
import styles from './model.module.css';
import { StoredPanel } from './StoredPanel';

const NOTES: readonly NoteSpec[] = [
  {
    id: 'model-pretrained',
    title: 'Why start from a model?',
    body: 'It has read millions of sentences and already knows which ones mean nearly the same. Your rows only have to teach it your classes, so a few dozen of each can be enough.',
  },
];

export function ModelScreen() {
  const models = useMachine((machine) => machine.models);
  const chosenId = useProject((project) => project.model?.id);
  const { estimate } = useEstimate();
  const [openId, setOpenId] = useState<string | null>(null);
  const [, navigate] = useLocation();
  return (
    <ScreenFrame
      question="Which model should learn it?"
      lead="One comes with Hone. Others come from your computer, a hub or a web address, when you ask for them."
      notes={NOTES}
      back={{ to: '/data' }}
      primary={{
        label: 'Choose how it learns',
        onClick: () => navigate('/method'),
        disabledReason: chosenId === undefined ? 'Choose a model first.' : null,
      }}
    >
      <AreaError area="models" onRetry={() => void loadModels()} />
      {models ? (
        <div className={styles.cards} role="radiogroup" aria-label="Models">
          {models.map((model) => (
            <ModelCard
              key={model.id}
              model={model}
              chosen={model.id === chosenId}
              fit={model.id === chosenId && estimate ? estimate.fit : null}
              onChoose={() => void chooseModel(model.id)}
              onOpen={() => setOpenId(model.id)}
            />
          ))}
        </div>
      ) : (
        <Skeleton height={320} aria-label="Looking for models" />
      )}
      <HubPanel />
      <AddressPanel />
      <FolderPanel />
      <StoredPanel />
      <ModelDetails model={models?.find(({ id }) => id === openId) ?? null} onClose={() => setOpenId(null)} />
    </ScreenFrame>
  );
}
