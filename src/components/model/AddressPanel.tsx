/** A model from a web address, a zip or a folder; nothing is contacted before it is asked for. */
import { IconLink } from '@tabler/icons-react';
import { useState } from 'react';
import { abortArea, useActivity } from '../../state/activity';
import { lookAtAddress } from '../../state/commands/models';
import { useHub } from '../../state/hub';
import { Busy } from '../common/Busy';
import { AreaError } from '../common/ErrorCard';
import { Section } from '../common/Section';
import { AskForm } from './AskForm';
import { DownloadProgress } from './DownloadProgress';
import { OfferCard } from './OfferCard';

export function AddressPanel() {
  const offer = useHub(({ offer }) => (offer?.source.kind === 'url' ? offer : null));
  const asking = useActivity('address').status === 'busy';
  const [typed, setTyped] = useState('');
  const look = (): void => void lookAtAddress(typed);
  return (
    <Section
      title="From an address"
      lead="A zip of a model, or the folder with its config.json, on any server that lets web pages read it. The server is asked when you press Look, and learns your network address; never a row of your data."
    >
      <AskForm
        label="Address"
        placeholder="https://example.com/models/our-bert/"
        typed={typed}
        onType={setTyped}
        action="Look"
        icon={<IconLink size={16} aria-hidden />}
        onAsk={look}
      />
      {asking && <Busy area="address" onCancel={() => abortArea('address')} />}
      <AreaError area="address" />
      {offer && <OfferCard offer={offer} onLookAgain={look} />}
      <DownloadProgress from="url" />
    </Section>
  );
}
