/** A model at a hub or an address before its download: how large, whose, which kind, and whether it fits here. */
import { Button, Group, Text, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useEffect, useId, useRef } from 'react';
import { closeOffer, downloadModel } from '../../state/commands/models';
import { type ModelOffer, useHub } from '../../state/hub';
import { ErrorCard } from '../common/ErrorCard';
import { bytes, magnitude } from '../common/format';
import { Explained, Term } from '../common/Term';
import { FitBadge } from '../method/EstimateFigures';
import { TokenInput } from './HubSettings';
import styles from './sources.module.css';

/** What a token may change. */
const NEEDS_TOKEN: readonly string[] = ['gated-model', 'hub-denied'];

export function OfferCard({ offer, onLookAgain }: { offer: ModelOffer; onLookAgain: () => void }) {
  const { name, refusal } = offer;
  const busy = useHub((hub) => hub.downloading !== null);
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  // It takes the place of the list that was read.
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className={styles.offer} aria-labelledby={id}>
      <Title order={3} size="h4" id={id} ref={heading} tabIndex={-1} className={styles.name}>
        {name}
      </Title>
      <Facts offer={offer} />
      {refusal && NEEDS_TOKEN.includes(refusal.code) && <TokenInput />}
      {refusal ? (
        <ErrorCard error={refusal} retryLabel="Look again" onRetry={onLookAgain} onDismiss={closeOffer} />
      ) : (
        <Group gap="sm">
          <Button
            leftSection={<IconDownload size={16} aria-hidden />}
            variant={offer.fit?.fit === 'does-not-fit' ? 'default' : 'filled'}
            disabled={busy}
            onClick={() => void downloadModel(offer)}
          >
            Download {bytes(offer.bytes)}
          </Button>
          <Button variant="default" onClick={closeOffer}>
            Not this one
          </Button>
          {busy && (
            <Text size="sm" c="dimmed">
              One download at a time: pause the other, or wait for it.
            </Text>
          )}
        </Group>
      )}
    </section>
  );
}

function Facts({ offer }: { offer: ModelOffer }) {
  const { source, licence, family, parameters, fit } = offer;
  return (
    <dl className={styles.facts}>
      <div>
        <dt>Download</dt>
        <dd>{offer.bytes === 0 ? '–' : bytes(offer.bytes)}</dd>
      </div>
      <div>
        <dt>
          <Term id="parameters">Parameters</Term>
        </dt>
        <dd>{parameters === null ? 'not told' : magnitude(parameters)}</dd>
      </div>
      <div>
        <dt>
          <Explained
            term="Architecture (model_type)"
            definition="How the model is built, as its config.json says. Hone has a program of its own for each kind that it can run."
          >
            Kind
          </Explained>
        </dt>
        <dd>{family ?? 'not told'}</dd>
      </div>
      <div>
        <dt>Licence</dt>
        <dd>{licence ?? 'not stated'}</dd>
      </div>
      {source.kind === 'hub' && (
        <div>
          <dt>
            <Explained
              term="Commit"
              definition="This very state of the model. A run remembers it, so that the same run can be done again later."
            >
              State
            </Explained>
          </dt>
          <dd className={styles.commit}>{source.commit.slice(0, 8)}</dd>
        </div>
      )}
      {fit && (
        <div>
          <dt>
            <Explained
              term="Memory to read it"
              definition="Its weights as 32-bit numbers, and the file that they come from. Training takes more; how much is told under Method, once your data is open."
            >
              Memory to read it
            </Explained>
          </dt>
          <dd className={styles.fit}>
            {bytes(fit.peakBytes)} <FitBadge fit={fit.fit} />
          </dd>
        </div>
      )}
    </dl>
  );
}
