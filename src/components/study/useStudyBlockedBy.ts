/** Why the ways cannot be compared now, in words; null when they can. */
import { useActivity } from '../../state/activity';
import { armFields } from '../../state/commands/studySetup';
import { type ArmConsent, useConsents } from '../../state/consents';
import { trainBlockedBy } from '../../state/journey';
import { useProject } from '../../state/project';
import { armName, choiceOf, chosenArms, type StudySetup, useStudySetup } from '../../state/studySetup';
import { invalidKeys } from '../fields/fieldError';
import { withoutConsent } from './needsConsent';

export function useStudyBlockedBy(): string | null {
  const project = useProject((state) => state);
  const check = useActivity('check');
  const setup = useStudySetup((state) => state);
  const consents = useConsents((state) => state);
  return trainBlockedBy({ project, check }) ?? setupProblem(setup) ?? consentProblem(setup, consents);
}

/** What is wrong with the choices themselves. */
export function setupProblem(setup: StudySetup): string | null {
  const chosen = chosenArms(setup);
  if (chosen.length < 2) return 'Choose at least two ways.';
  for (const { key, spec } of chosen) {
    const wrong = [
      ...invalidKeys(armFields(spec.id, 'method'), setup.settings[key] ?? {}),
      ...invalidKeys(armFields(spec.id, 'training'), setup.training[key] ?? {}),
    ];
    if (wrong.length > 0) return `First put the settings of ${armName({ key, arm: spec.id })} right.`;
  }
  return null;
}

/** Rows leave the tab only where somebody said so. */
export function consentProblem(
  setup: StudySetup,
  consents: Readonly<Record<string, ArmConsent>>,
): string | null {
  const choices = chosenArms(setup).map(({ key, spec }) => choiceOf(setup, key, spec));
  const asks = withoutConsent(choices, consents);
  return asks && `Agree to where ${armName(asks)} sends rows, or leave it out.`;
}
