/** A workshop told before it is opened: data, ways, who is asked for what, what can be changed. */
import { useEffect } from 'react';
import type { Workshop } from '../../engine/core/workshop';
import { loadSamples } from '../../state/commands/machine';
import { modelOf, useMachine } from '../../state/machine';
import { useProject } from '../../state/project';
import { armName } from '../../state/studySetup';
import { plural } from '../common/format';
import classes from './workshop.module.css';
import { dataText, reachText, sendingText, shownText, waysText } from './workshopText';

export function WorkshopSummary({ workshop }: { workshop: Workshop }) {
  const { source, arms, reference, curve } = workshop;
  const sample = useMachine(
    ({ samples }) => samples?.find(({ id }) => source.kind === 'sample' && id === source.id)?.name,
  );
  const modelId = useProject((project) => project.model?.id);
  const model = useMachine((machine) => modelOf(machine, modelId));
  useEffect(() => void loadSamples(), []);
  const against = arms.find(({ key }) => key === reference);
  const told: [string, string][] = [
    ['Data', dataText(workshop, sample)],
    ['Ways', waysText(workshop)],
    ['Compared with', against ? `${armName(against)}.` : ''],
    [
      'Learning curve',
      curve
        ? `${plural(curve.arms.length, 'way')} with ${curve.sizes.join(', ')} and all training rows.`
        : '',
    ],
    ['What is fetched', reachText(workshop, location.host, model?.bytes)],
    ['What is sent', sendingText(workshop)],
    ['The room can change', shownText(workshop)],
  ];
  return (
    <dl className={classes.told}>
      {told
        .filter(([, words]) => words !== '')
        .map(([term, words]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{words}</dd>
          </div>
        ))}
    </dl>
  );
}
