/**
 * What the user agreed to send where, and the keys for it, by arm key: in memory alone, gone with the tab. A yes holds
 * for what was put to the user and for nothing else, a key for the site that it was typed for.
 */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { ARMS, armSpec } from '../engine/arms/specs';
import { EngineError } from '../engine/core/errors';
import { defaultsOf, type Settings } from '../engine/core/fields';
import { chatUrl } from '../engine/core/outside';
import type { ArmChoice, StudyConfig } from '../engine/core/study';

export interface ArmConsent {
  /** What was agreed to, as `termsOf` words it; null = nothing. */
  terms: string | null;
  secret: string;
  /** The origin that the key was typed for. */
  origin: string | null;
}

export const NO_CONSENT: ArmConsent = { terms: null, secret: '', origin: null };

export type Consents = Readonly<Record<string, ArmConsent>>;

export const consentsStore = createStore<Consents>()(() => ({}));

export function useConsents<T>(selector: (consents: Consents) => T): T {
  return useStore(consentsStore, selector);
}

export function setConsent(key: string, consent: ArmConsent): void {
  consentsStore.setState({ [key]: consent });
}

export function asksElsewhere({ arm }: Pick<ArmChoice, 'arm'>): boolean {
  return ARMS.find(({ id }) => id === arm)?.reach === 'network';
}

/** Half-typed settings must not keep a form from being drawn: nothing is checked. */
export function settingsInForce({ arm, settings }: Pick<ArmChoice, 'arm' | 'settings'>): Settings {
  return { ...defaultsOf(armSpec(arm).fields), ...settings };
}

/** Training rows of each label that a prompt with these settings shows. */
export function shotsSent({ prompt, shots }: Settings): number {
  return String(prompt).includes('{{examples}}') && typeof shots === 'number' ? shots : 0;
}

/** Where the way asks; an EngineError where its address is none that rows may go to. */
export function addressOf(choice: Pick<ArmChoice, 'arm' | 'settings'>): URL | EngineError {
  try {
    return chatUrl(String(settingsInForce(choice).address));
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
}

/** What of a study leaves the tab with a row. */
export type Sent = Pick<StudyConfig, 'data' | 'descriptions' | 'examples'>;

/**
 * What a yes is given to: the URL and the model there, the rows, all that is sent with each of them, and how much it
 * may be in all; null without a usable address.
 */
export function termsOf(choice: ArmChoice, { data, descriptions, examples }: Sent): string | null {
  const url = addressOf(choice);
  if (url instanceof EngineError) return null;
  const { hash, roles, testFile } = data;
  const settings = settingsInForce(choice);
  const { answerTokens, model, prompt, rowLimit, tokenLimit } = settings;
  const shots = shotsSent(settings);
  return JSON.stringify([
    ...[url.href, model, hash, testFile?.hash ?? null, roles.text, roles.label],
    ...[prompt, descriptions, shots, shots > 0 ? examples : null],
    ...[rowLimit, tokenLimit, answerTokens],
  ]);
}

/** The first that would send rows where nobody has agreed to; null when there is none. */
export function withoutConsent(
  choices: readonly ArmChoice[],
  sent: Sent,
  consents: Consents,
): ArmChoice | null {
  const agreed = (choice: ArmChoice): boolean => {
    const terms = termsOf(choice, sent);
    return terms !== null && consents[choice.key]?.terms === terms;
  };
  return choices.find((choice) => asksElsewhere(choice) && !agreed(choice)) ?? null;
}

/** The keys for these ways, each only where the way asks the site that it was typed for. */
export function secretsFor(choices: readonly ArmChoice[], consents: Consents): Record<string, string> {
  return Object.fromEntries(
    choices.filter(asksElsewhere).flatMap((choice) => {
      const secret = secretAt(consents[choice.key] ?? NO_CONSENT, addressOf(choice));
      return secret === '' ? [] : [[choice.key, secret]];
    }),
  );
}

/** The key, empty at any other site than its own. */
export function secretAt({ secret, origin }: ArmConsent, url: URL | EngineError): string {
  return !(url instanceof EngineError) && url.origin === origin ? secret : '';
}
