/** One test row: its text, its true label, and both answers with their confidence. */
import { Button, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { count, percent } from '../common/format';
import type { Guess, Outcome, Side, TestRow } from './rows';
import classes from './rows.module.css';
import shared from './shared.module.css';

/** Longer texts open on request; a text may hold 100,000 characters. */
const SHOWN = 320;

const OUTCOME: Record<Outcome, string> = {
  fixed: 'Fixed',
  broken: 'Broken',
  wrong: 'Still wrong',
  right: 'Still right',
};

interface RowItemProps {
  /** Among rows of every outcome each says its own. */
  showOutcome: boolean;
  row: TestRow;
  labels: readonly string[];
}

export function RowItem({ row, labels, showOutcome }: RowItemProps) {
  return (
    <li className={classes.row} data-outcome={row.outcome}>
      <div className={classes.rowText}>
        <RowText text={row.text} />
        <span className={classes.rowMeta}>
          line {count(row.line)}
          {showOutcome && ` · ${OUTCOME[row.outcome]}`}
        </span>
      </div>
      <div className={classes.rowLabel}>
        <VisuallyHidden>True label: </VisuallyHidden>
        <span className={classes.rowCaption} aria-hidden>
          True label
        </span>
        {labels[row.expected]}
      </div>
      <Answer side="before" guess={row.before} right={row.before.label === row.expected} labels={labels} />
      <Answer side="after" guess={row.after} right={row.after.label === row.expected} labels={labels} />
    </li>
  );
}

function RowText({ text }: { text: string }) {
  const [open, setOpen] = useState(false);
  if (text.length <= SHOWN) return <span>{text}</span>;
  return (
    <>
      <span>{open ? text : `${text.slice(0, SHOWN)}…`}</span>{' '}
      <Button size="compact-xs" variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? 'Show less' : `Show all ${count(text.length)} characters`}
      </Button>
    </>
  );
}

interface AnswerProps {
  side: Side;
  guess: Guess;
  right: boolean;
  labels: readonly string[];
}

function Answer({ side, guess, right, labels }: AnswerProps) {
  const Mark = right ? IconCheck : IconX;
  return (
    <div className={classes.answer} data-side={side}>
      <span className={classes.rowCaption} aria-hidden>
        {side === 'before' ? 'Before' : 'After'}
      </span>
      <VisuallyHidden>{side === 'before' ? 'Before: ' : 'After: '}</VisuallyHidden>
      <span className={classes.answerLabel} data-right={right}>
        <Mark size={15} stroke={2.4} aria-label={right ? 'right' : 'wrong'} role="img" />
        <span>{labels[guess.label]}</span>
      </span>
      <span className={classes.answerShare}>
        <span className={shared.bar} aria-hidden>
          <span style={{ width: `${guess.confidence * 100}%` }} />
        </span>
        {percent(guess.confidence)}
      </span>
    </div>
  );
}
