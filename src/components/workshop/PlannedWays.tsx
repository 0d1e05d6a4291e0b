/** The ways that will be compared, where the room may not choose them. */
import { armName, chosenArms, useStudySetup } from '../../state/studySetup';
import { plural } from '../common/format';
import { Section } from '../common/Section';
import classes from './workshop.module.css';

export function PlannedWays() {
  const chosen = useStudySetup((setup) => setup);
  const arms = chosenArms(chosen);
  return (
    <Section title={`${plural(arms.length, 'way')} to compare`} lead="In this order, on the same test rows.">
      <ol className={classes.ways}>
        {arms.map(({ key, spec }) => (
          <li key={key}>
            {armName({ key, arm: spec.id })}
            <span>{spec.line}</span>
          </li>
        ))}
      </ol>
    </Section>
  );
}
