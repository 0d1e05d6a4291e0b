/** What the run as chosen now would cost here; asked again, a moment after the last change. */
import { useEffect, useState } from 'react';
import { methodSpec, trainingFields } from '../../engine/catalog';
import { useActivity } from '../../state/activity';
import { estimate as ask } from '../../state/commands/settings';
import { useMachine } from '../../state/machine';
import { type Project, runConfigOf, settingsOf, useProject } from '../../state/project';
import { useRun } from '../../state/run';
import { isUnderWay } from '../../state/runReducer';
import type { Estimate } from '../../workers/protocol';
import { invalidKeys } from '../fields/fieldError';

const SETTLE_MS = 200;

export interface EstimateNow {
  /** Null while unknown or being measured, never one of an earlier choice. */
  estimate: Estimate | null;
  measuring: boolean;
  /** A run is under way: what would be timed beside it would be wrong, so nothing is. */
  waiting: boolean;
}

export function useEstimate(): EstimateNow {
  /** The question as text: equal choices ask once. Null while there is nothing to ask. */
  const question = useProject(questionOf);
  const busyTraining = useRun(isUnderWay);
  const answer = useMachine((machine) => machine.estimate);
  const failed = useActivity('estimate').status === 'failed';
  const [answered, setAnswered] = useState<string | null>(null);
  useEffect(() => {
    if (question === null || busyTraining) return;
    let superseded = false;
    const timer = setTimeout(() => {
      void ask().then(() => {
        if (!superseded) setAnswered(question);
      });
    }, SETTLE_MS);
    return () => {
      superseded = true;
      clearTimeout(timer);
    };
  }, [question, busyTraining]);
  const current = question !== null && answered === question;
  return {
    estimate: current && !failed ? answer : null,
    measuring: question !== null && !busyTraining && !current,
    waiting: busyTraining,
  };
}

function questionOf(project: Project): string | null {
  if (!project.report || settingsProblem(project) !== null) return null;
  return JSON.stringify(runConfigOf(project));
}

/** Why the settings cannot be used, for the primary button; null when they can. */
export function settingsProblem(project: Project): string | null {
  const values = settingsOf(project);
  const spec = methodSpec(project.methodId);
  const training = trainingFields(project.methodId);
  const wrong = [...invalidKeys(spec.fields, values.method), ...invalidKeys(training, values.training)];
  const field = [...spec.fields, ...training].find((candidate) => candidate.key === wrong[0]);
  return field ? `First put “${field.label}” right.` : null;
}
