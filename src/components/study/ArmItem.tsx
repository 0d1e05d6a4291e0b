/** One way: chosen or not, what it does, its settings folded, and a second one of it. */
import { ActionIcon, Checkbox, Collapse, Tooltip } from '@mantine/core';
import { IconAdjustments, IconCopyPlus, IconTrash } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { duplicateArm, removeCopy, toggleArm } from '../../state/commands/studySetup';
import { useProject } from '../../state/project';
import { armName, choiceOf, type SetupArm, studyConfigOf, useStudySetup } from '../../state/studySetup';
import { plural } from '../common/format';
import { ArmConsent } from './ArmConsent';
import { ArmSettings } from './ArmSettings';
import { meanTokens } from './questionTokens';
import classes from './setup.module.css';

interface ArmItemProps {
  arm: SetupArm;
  layers: number;
}

export function ArmItem({ arm: { key, spec, on }, layers }: ArmItemProps) {
  const id = useId();
  const choice = choiceOf(
    useStudySetup((setup) => setup),
    key,
    spec,
  );
  const changed = Object.keys(choice.settings).length + Object.keys(choice.training).length;
  const name = armName({ key, arm: spec.id });
  const isCopy = key !== spec.id;
  // A copy with the settings of the first would answer the same once more.
  const [open, setOpen] = useState(isCopy && changed === 0);
  const hasSettings = spec.fields.length > 0 || spec.trains !== null;
  return (
    <li className={classes.arm} data-on={on || undefined} data-open={open || undefined}>
      <div className={classes.armHead}>
        <Checkbox
          className={classes.armCheck ?? ''}
          checked={on}
          label={name}
          description={spec.line}
          onChange={(event) => toggleArm(key, event.currentTarget.checked)}
        />
        <div className={classes.armTools}>
          {hasSettings && (
            <Tooltip label={`Settings of ${name}`}>
              <ActionIcon
                variant={changed > 0 ? 'light' : 'subtle'}
                color={changed > 0 ? 'ember' : 'gray'}
                size="lg"
                aria-label={`Settings of ${name}${changed > 0 ? `, ${plural(changed, 'change')}` : ''}`}
                aria-expanded={open}
                aria-controls={id}
                onClick={() => setOpen(!open)}
              >
                <IconAdjustments size={18} aria-hidden />
              </ActionIcon>
            </Tooltip>
          )}
          {isCopy ? (
            <Tooltip label={`Remove ${name}`}>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={`Remove ${name}`}
                onClick={() => removeCopy(key)}
              >
                <IconTrash size={18} aria-hidden />
              </ActionIcon>
            </Tooltip>
          ) : (
            hasSettings && (
              <Tooltip label="Another one with other settings">
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="lg"
                  aria-label={`Another ${name} with other settings`}
                  onClick={() => duplicateArm(key)}
                >
                  <IconCopyPlus size={18} aria-hidden />
                </ActionIcon>
              </Tooltip>
            )
          )}
        </div>
      </div>
      {on && spec.reach === 'network' && (
        <div className={classes.reach}>
          <SetupConsent arm={{ key, spec, on }} />
        </div>
      )}
      <Collapse expanded={open} id={id}>
        {open && (
          <div className={classes.armSettings}>
            <ArmSettings armKey={key} spec={spec} layers={layers} />
          </div>
        )}
      </Collapse>
    </li>
  );
}

/** Once there are rows to send. */
function SetupConsent({ arm: { key, spec } }: { arm: SetupArm }) {
  const project = useProject((state) => state);
  const setup = useStudySetup((state) => state);
  const study = studyConfigOf(project, setup);
  const { report } = project;
  if (!study || !report) return null;
  return (
    <ArmConsent
      choice={choiceOf(setup, key, spec)}
      study={study}
      rows={{
        labels: report.classes.map(({ label }) => label),
        testRows: report.splits.test,
        textTokens: meanTokens(report.lengths),
      }}
    />
  );
}
