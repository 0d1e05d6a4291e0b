/** Why the ways cannot be compared now, in words; null when they can. */

import { sendsOutside } from '../../engine/arms/specs';
import type { StudyConfig } from '../../engine/core/study';
import { useActivity } from '../../state/activity';
import { armFields } from '../../state/commands/studySetup';
import { type Consents, settingsInForce, useConsents, withoutConsent } from '../../state/consents';
import { trainBlockedBy } from '../../state/journey';
import { useProject } from '../../state/project';
import {
  armName,
  choiceOf,
  chosenArms,
  type StudySetup,
  studyConfigOf,
  useStudySetup,
} from '../../state/studySetup';
import { invalidKeys } from '../fields/fieldError';

export function useStudyBlockedBy(): string | null {
  const project = useProject((state) => state);
  const check = useActivity('check');
  const setup = useStudySetup((state) => state);
  const consents = useConsents((state) => state);
  return (
    trainBlockedBy({ project, check }) ??
    setupProblem(setup) ??
    consentProblem(studyConfigOf(project, setup), consents)
  );
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
    const name = armName({ key, arm: spec.id });
    const inForce = settingsInForce({ arm: spec.id, settings: choiceOf(setup, key, spec).settings });
    if (setup.situation?.stayInside && sendsOutside(spec, inForce))
      return `${name} would send rows outside, and yours must stay inside: leave it out, or give a local address.`;
    if (wrong.length > 0) return `First put the settings of ${name} right.`;
  }
  return null;
}

/** Rows leave the tab only where somebody said so. */
export function consentProblem(study: StudyConfig | null, consents: Consents): string | null {
  const asks = study && withoutConsent(study.arms, study, consents);
  return asks && `Agree to where ${armName(asks)} sends rows, or leave it out.`;
}
