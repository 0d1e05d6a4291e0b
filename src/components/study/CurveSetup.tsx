/** Quality against the number of training rows: whether, at which sizes, how often, and for which ways. */
import { Checkbox, Group, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { NumberField } from '../../engine/core/fields';
import { changeSetup } from '../../state/commands/studySetup';
import {
  armName,
  curveArms,
  drawableArms,
  type StudySetup,
  USUAL_CURVE,
  useStudySetup,
} from '../../state/studySetup';
import { plural } from '../common/format';
import { NumberControl } from '../fields/NumberControl';
import { Fold } from './Fold';
import classes from './setup.module.css';
import { parseSizes } from './sizes';

const DRAWS: NumberField = {
  kind: 'number',
  key: 'draws',
  label: 'Draws of each size',
  term: 'Draws',
  help: 'Other rows are drawn each time. Their spread shows how much luck is in a small training set.',
  level: 'simple',
  default: USUAL_CURVE.draws,
  min: 1,
  max: 10,
  step: 1,
  integer: true,
};

export function CurveSetup() {
  const setup = useStudySetup((state) => state);
  const { curve } = setup;
  const drawn = curveArms(setup);
  const change = (changes: Partial<StudySetup['curve']>): void =>
    changeSetup({ curve: { ...curve, ...changes } });
  const lead = curve.on
    ? `${plural(drawn.length, 'way')} with ${curve.sizes.join(', ')} and all training rows, ${plural(curve.draws, 'draw')} each`
    : 'Off: the same ways are trained again on fewer rows, which takes a multiple of the time.';
  const able = drawableArms(setup);
  return (
    <Fold title="Would more rows help?" lead={lead} what="the learning curve">
      <div className={classes.stack}>
        <Switch
          label="Draw quality against the number of training rows"
          checked={curve.on}
          onChange={(event) => change({ on: event.currentTarget.checked })}
        />
        {curve.on && (
          <>
            <div className={classes.fields}>
              <Sizes sizes={curve.sizes} onChange={(sizes) => change({ sizes })} />
              <NumberControl
                field={DRAWS}
                value={curve.draws}
                onChange={(draws) => {
                  if (Number.isInteger(draws) && draws >= DRAWS.min && draws <= DRAWS.max) change({ draws });
                }}
                onReset={() => change({ draws: USUAL_CURVE.draws })}
              />
            </div>
            <Checkbox.Group
              label="Ways to draw"
              value={drawn}
              onChange={(arms) => change({ arms })}
              error={drawn.length === 0 ? 'Choose at least one, or no curve is drawn.' : undefined}
            >
              <Group gap="sm" mt={6}>
                {able.map(({ key, spec }) => (
                  <Checkbox key={key} value={key} label={armName({ key, arm: spec.id })} />
                ))}
              </Group>
            </Checkbox.Group>
          </>
        )}
      </div>
    </Fold>
  );
}

function Sizes({ sizes, onChange }: { sizes: readonly number[]; onChange: (sizes: number[]) => void }) {
  /** What is being typed, while it cannot be used. */
  const [draft, setDraft] = useState<string | null>(null);
  const unusable = draft !== null && parseSizes(draft) === null;
  return (
    <TextInput
      label="Training rows"
      classNames={{ label: classes.label ?? '' }}
      description="All of them come last by themselves"
      value={draft ?? sizes.join(', ')}
      inputMode="numeric"
      error={unusable ? 'Write up to twelve whole numbers from 2, with commas between.' : undefined}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setDraft(text);
        const parsed = parseSizes(text);
        if (parsed) onChange(parsed);
      }}
      onBlur={() => setDraft(null)}
    />
  );
}
