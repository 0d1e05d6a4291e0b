/** What the user agreed to send where, and the keys for it, by arm key: in memory alone, gone with the tab. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

export interface ArmConsent {
  /** The URL that was agreed to. */
  to: string | null;
  secret: string;
}

export const NO_CONSENT: ArmConsent = { to: null, secret: '' };

type Consents = Readonly<Record<string, ArmConsent>>;

export const consentsStore = createStore<Consents>()(() => ({}));

export function useConsents<T>(selector: (consents: Consents) => T): T {
  return useStore(consentsStore, selector);
}

export function setConsent(key: string, consent: ArmConsent): void {
  consentsStore.setState({ [key]: consent });
}

/** The keys given, without the empty ones. */
export function secretsGiven(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(consentsStore.getState()).flatMap(([key, { secret }]) =>
      secret === '' ? [] : [[key, secret]],
    ),
  );
}
