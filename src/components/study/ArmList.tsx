/** Which ways to ask: a checklist in groups, with settings behind each. */
import { Button, Group, Select, Title } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { changeSetup, resetArms } from '../../state/commands/studySetup';
import { armName, chosenArms, referenceOf, setupArms, useStudySetup } from '../../state/studySetup';
import { plural } from '../common/format';
import { Section } from '../common/Section';
import { Term } from '../common/Term';
import { ArmItem } from './ArmItem';
import { grouped } from './groups';
import classes from './setup.module.css';

export function ArmList({ layers }: { layers: number }) {
  const setup = useStudySetup((state) => state);
  const chosen = chosenArms(setup);
  return (
    <Section
      title={
        chosen.length === 0 ? 'Choose the ways to compare' : `${plural(chosen.length, 'way')} to compare`
      }
      lead={
        <>
          Each <Term id="arm">way</Term> answers the same <Term id="test-rows">test rows</Term>, one after
          another.
        </>
      }
      tools={
        <Button
          size="sm"
          variant="subtle"
          color="gray"
          leftSection={<IconArrowBackUp size={16} aria-hidden />}
          onClick={resetArms}
        >
          Back to the usual
        </Button>
      }
    >
      <div className={classes.groups}>
        {grouped(setupArms(setup)).map(({ id, title, lead, arms }) => (
          <fieldset key={id} className={classes.group}>
            <legend className={classes.legend}>
              <Title order={3} size="h4" component="span">
                {title}
              </Title>
            </legend>
            <p className={classes.groupLead}>{lead}</p>
            <ul className={classes.arms}>
              {arms.map((arm) => (
                <ArmItem key={arm.key} arm={arm} layers={layers} />
              ))}
            </ul>
          </fieldset>
        ))}
      </div>
      <Group gap="md" align="end">
        <Select
          className={classes.reference ?? ''}
          label="Compare all others with"
          classNames={{ label: classes.label ?? '' }}
          description="The way you would take if nothing were better"
          data={chosen.map(({ key, spec }) => ({ value: key, label: armName({ key, arm: spec.id }) }))}
          value={referenceOf(setup)}
          allowDeselect={false}
          disabled={chosen.length === 0}
          onChange={(reference) => changeSetup({ reference })}
        />
      </Group>
    </Section>
  );
}
