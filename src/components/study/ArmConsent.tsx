/** Before a way sends rows elsewhere: its address, model, budget and prices put to the user, with the yes. */
import { armSpec } from '../../engine/arms/specs';
import { defaultsOf } from '../../engine/core/fields';
import type { ArmChoice } from '../../engine/core/study';
import { NO_CONSENT, setConsent, useConsents } from '../../state/consents';
import { useProject } from '../../state/project';
import { EndpointConsent } from './EndpointConsent';

const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

export function ArmConsent({ choice }: { choice: ArmChoice }) {
  const consent = useConsents((consents) => consents[choice.key] ?? NO_CONSENT);
  const testRows = useProject((project) => project.report?.splits.test ?? 0);
  // Half-typed numbers must not keep the form from being drawn.
  const settings = { ...defaultsOf(armSpec(choice.arm).fields), ...choice.settings };
  return (
    <EndpointConsent
      address={String(settings.address)}
      model={String(settings.model)}
      rows={Math.min(testRows, number(settings.rowLimit))}
      tokens={null}
      prices={{ prompt: number(settings.promptPrice), completion: number(settings.completionPrice) }}
      consent={consent}
      onChange={(given) => setConsent(choice.key, given)}
    />
  );
}
