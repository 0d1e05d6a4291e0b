/** Before a way sends rows elsewhere: its address, model, budget and prices put to the user, with the yes. */
import type { ArmChoice } from '../../engine/core/study';
import {
  addressOf,
  NO_CONSENT,
  type Sent,
  secretAt,
  setConsent,
  settingsInForce,
  shotsSent,
  termsOf,
  useConsents,
  withoutConsent,
} from '../../state/consents';
import { EndpointConsent } from './EndpointConsent';
import { questionTokens } from './questionTokens';

/** What is known of the rows that would be sent. */
interface RowsToSend {
  labels: readonly string[];
  testRows: number;
  /** Of an average text; null while unknown. */
  textTokens: number | null;
}

interface ArmConsentProps {
  choice: ArmChoice;
  study: Sent;
  rows: RowsToSend;
}

const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

export function ArmConsent({ choice, study, rows }: ArmConsentProps) {
  const consents = useConsents((all) => all);
  const consent = consents[choice.key] ?? NO_CONSENT;
  const settings = settingsInForce(choice);
  const url = addressOf(choice);
  return (
    <EndpointConsent
      url={url}
      model={String(settings.model)}
      rows={Math.min(rows.testRows, number(settings.rowLimit))}
      shots={shotsSent(settings)}
      tokens={questionTokens(settings, study, rows)}
      tokenLimit={number(settings.tokenLimit)}
      prices={{ prompt: number(settings.promptPrice), completion: number(settings.completionPrice) }}
      agreed={withoutConsent([choice], study, consents) === null}
      secret={secretAt(consent, url)}
      onAgree={(agreed) =>
        setConsent(choice.key, { ...consent, terms: agreed ? termsOf(choice, study) : null })
      }
      onSecret={(secret, origin) => setConsent(choice.key, { ...consent, secret, origin })}
    />
  );
}
