/** What the numbers cannot say: how often things change, how many rows come, whether they may leave, how long may it take. */
import { SegmentedControl, Select, Switch } from '@mantine/core';
import { useId } from 'react';
import type { NumberField } from '../../engine/core/fields';
import type { Situation } from '../../engine/core/study';
import { NumberControl } from '../fields/NumberControl';
import classes from './setup.module.css';

/** Stands in the form until something is answered; the advice knows none of it before. */
const UNANSWERED: Situation = { changes: 'rarely', rowsPerDay: 1000, stayInside: false, maxLatencyMs: null };

const CHANGES: { value: Situation['changes']; label: string }[] = [
  { value: 'rarely', label: 'rarely' },
  { value: 'monthly', label: 'monthly' },
  { value: 'weekly', label: 'weekly' },
];

const WAITS = [
  { value: '', label: 'no limit' },
  { value: '50', label: '50 ms' },
  { value: '200', label: '200 ms' },
  { value: '1000', label: '1 s' },
  { value: '5000', label: '5 s' },
];

const ROWS: NumberField = {
  kind: 'number',
  key: 'rowsPerDay',
  label: 'Rows a day',
  term: 'Volume',
  help: 'How many texts will be classified a day, about. Many rows make a prompt on a large model dear.',
  level: 'simple',
  default: UNANSWERED.rowsPerDay,
  min: 0,
  max: 1e9,
  step: 100,
  scale: 'log',
  integer: true,
};

interface SituationFormProps {
  value: Situation | null;
  onChange: (value: Situation) => void;
}

export function SituationForm({ value, onChange }: SituationFormProps) {
  const id = useId();
  const now = value ?? UNANSWERED;
  const change = (changes: Partial<Situation>): void => onChange({ ...now, ...changes });
  const wait = now.maxLatencyMs === null ? '' : String(now.maxLatencyMs);
  return (
    <div className={classes.situation}>
      <div className={classes.question}>
        <span id={`${id}changes`} className={classes.label}>
          Labels or rules change
        </span>
        <SegmentedControl
          aria-labelledby={`${id}changes`}
          data={CHANGES}
          value={now.changes}
          onChange={(changes) => change({ changes: changes as Situation['changes'] })}
        />
      </div>
      <NumberControl
        field={ROWS}
        value={now.rowsPerDay}
        onChange={(rowsPerDay) => {
          if (Number.isInteger(rowsPerDay) && rowsPerDay >= ROWS.min && rowsPerDay <= ROWS.max)
            change({ rowsPerDay });
        }}
        onReset={() => change({ rowsPerDay: ROWS.default })}
      />
      <Select
        label="An answer may take"
        classNames={{ label: classes.label ?? '' }}
        data={
          WAITS.some(({ value: known }) => known === wait)
            ? WAITS
            : [...WAITS, { value: wait, label: `${wait} ms` }]
        }
        value={wait}
        allowDeselect={false}
        onChange={(chosen) => change({ maxLatencyMs: chosen ? Number(chosen) : null })}
      />
      <Switch
        label="Rows must stay in the house"
        checked={now.stayInside}
        onChange={(event) => change({ stayInside: event.currentTarget.checked })}
      />
    </div>
  );
}
