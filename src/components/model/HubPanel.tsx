/** Models from a hub: asked for by name, page or words; nothing is contacted before that. */
import { Button, Text } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { abortArea, useActivity } from '../../state/activity';
import { askHub, lookAt } from '../../state/commands/models';
import { type HubHit, type ModelOffer, useHub } from '../../state/hub';
import { Busy } from '../common/Busy';
import { AreaError } from '../common/ErrorCard';
import { count, magnitude } from '../common/format';
import { Section } from '../common/Section';
import { AskForm } from './AskForm';
import { DownloadProgress } from './DownloadProgress';
import { HubSettings } from './HubSettings';
import { OfferCard } from './OfferCard';
import styles from './sources.module.css';

export function HubPanel() {
  const { host } = new URL(useHub((hub) => hub.address));
  const hits = useHub((hub) => hub.hits);
  const offer = useHub(({ offer }) => (offer?.source.kind === 'hub' ? offer : null));
  const asking = useActivity('hub').status === 'busy';
  const [typed, setTyped] = useState('');
  return (
    <Section
      title={host === 'huggingface.co' ? 'From the Hugging Face Hub' : `From the hub at ${host}`}
      lead={`${host} is asked when you press Search, and learns what you look for and your network address; never a row of your data.`}
    >
      <search>
        <AskForm
          label="Model"
          description="Its name, its page’s address, or words. A branch, tag or commit follows an @: owner/name@main"
          placeholder="sentence-transformers/all-MiniLM-L6-v2"
          typed={typed}
          onType={setTyped}
          action="Search"
          icon={<IconSearch size={16} aria-hidden />}
          onAsk={() => void askHub(typed)}
        />
      </search>
      <HubSettings />
      {asking && <Busy area="hub" onCancel={() => abortArea('hub')} />}
      <AreaError area="hub" />
      {!asking && hits && !offer && <Hits query={hits.query} found={hits.found} />}
      {offer && <OfferCard offer={offer} onLookAgain={() => void lookAgain(offer)} />}
      <DownloadProgress from="hub" />
    </Section>
  );
}

async function lookAgain({ source }: ModelOffer): Promise<void> {
  if (source.kind === 'hub') await lookAt(source.repo, source.commit);
}

function Hits({ query, found }: { query: string; found: readonly HubHit[] }) {
  if (found.length === 0) {
    return (
      <Text role="status">
        No model with safe weights is called “{query}”. Try fewer words, or paste the address of its page.
      </Text>
    );
  }
  return (
    <ul className={styles.list} aria-label={`Models found for “${query}”`}>
      {found.map((hit) => (
        <li key={hit.repo} className={styles.item}>
          <div className={styles.what}>
            <Text fw={550}>{hit.repo}</Text>
            <Text size="sm" c="dimmed">
              {factsOf(hit)}
            </Text>
          </div>
          <Button
            size="sm"
            variant="default"
            aria-label={`Look at ${hit.repo}`}
            onClick={() => void lookAt(hit.repo)}
          >
            Look
          </Button>
        </li>
      ))}
    </ul>
  );
}

/** 'bert · 22.7 million parameters · apache-2.0 · 1,200 downloads a month · asks for consent' */
function factsOf({ family, parameters, licence, downloads, gated }: HubHit): string {
  const facts = [
    family,
    parameters === null ? null : `${magnitude(parameters)} parameters`,
    licence ?? 'licence not stated',
    `${count(downloads)} downloads a month`,
    gated ? 'asks for consent' : null,
  ];
  return facts.filter((fact) => fact !== null).join(' · ');
}
