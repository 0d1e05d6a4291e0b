/** The journey's state from the stores that it rests on. */
import { useActivity } from '../../state/activity';
import { journeyOf, trainBlockedBy } from '../../state/journey';
import { useProject } from '../../state/project';
import { useRun } from '../../state/run';
import { useRuns } from '../../state/runs';

export function useJourney() {
  const project = useProject((state) => state);
  const run = useRun((state) => state);
  const opened = useRuns((state) => state.opened);
  const data = useActivity('data');
  const check = useActivity('check');
  return journeyOf({ project, run, opened, data, check });
}

/** Why training cannot start now; null when it can. */
export function useTrainBlockedBy(): string | null {
  const project = useProject((state) => state);
  const check = useActivity('check');
  return trainBlockedBy({ project, check });
}
