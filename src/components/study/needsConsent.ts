/** Which ways send rows out of the tab, and which of them nobody has agreed to. Pure. */
import { ARMS, armSpec } from '../../engine/arms/specs';
import { defaultsOf } from '../../engine/core/fields';
import type { ArmChoice } from '../../engine/core/study';
import type { ArmConsent } from '../../state/consents';
import { NO_CONSENT } from '../../state/consents';
import { hasConsent } from './EndpointConsent';

export function asksElsewhere({ arm }: Pick<ArmChoice, 'arm'>): boolean {
  return ARMS.find(({ id }) => id === arm)?.reach === 'network';
}

/** The first that would send rows where nobody has agreed to; null when there is none. */
export function withoutConsent(
  choices: readonly ArmChoice[],
  consents: Readonly<Record<string, ArmConsent>>,
): ArmChoice | null {
  const agreed = (choice: ArmChoice): boolean =>
    hasConsent(
      consents[choice.key] ?? NO_CONSENT,
      String({ ...defaultsOf(armSpec(choice.arm).fields), ...choice.settings }.address),
    );
  return choices.find((choice) => asksElsewhere(choice) && !agreed(choice)) ?? null;
}
