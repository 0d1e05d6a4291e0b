/** The run's phases as a checklist: what is done, what is going on and how far, what is to come. */
import { Progress, Tooltip } from '@mantine/core';
import { IconCheck, IconCircle, IconCircleDotFilled, IconPlayerStop } from '@tabler/icons-react';
import type { RunState } from '../../state/runReducer';
import { count } from '../common/format';
import { type PhaseRow, type PhaseStatus, phaseRows } from './phases';
import styles from './train.module.css';

const STATUS_WORDS: Readonly<Record<PhaseStatus, string>> = {
  done: 'done',
  active: 'going on',
  waiting: 'to come',
  stopped: 'stopped here',
};

export function PhaseList({ run }: { run: RunState }) {
  return (
    <ol className={styles.phases} aria-label="Phases of the run">
      {phaseRows(run).map((row) => (
        <PhaseItem key={row.phase} row={row} />
      ))}
    </ol>
  );
}

function PhaseItem({ row }: { row: PhaseRow }) {
  const { label, help, status, share, detail } = row;
  return (
    <li data-status={status} {...(status === 'active' ? { 'aria-current': 'step' as const } : {})}>
      <Tooltip label={help} multiline w={260} position="left">
        <span className={styles.phaseLine}>
          <PhaseIcon status={status} />
          <span className={styles.phaseLabel}>{label}</span>
          <span className={styles.phaseShare}>
            {status === 'active' && share !== null ? (
              `${count(Math.floor(share * 100))} %`
            ) : (
              <span className={styles.srOnly}>{STATUS_WORDS[status]}</span>
            )}
          </span>
        </span>
      </Tooltip>
      {status === 'active' && (
        <Progress
          className={styles.phaseBar ?? ''}
          size={4}
          value={share === null ? 100 : share * 100}
          animated={share === null}
          transitionDuration={120}
          aria-label={`${label}: progress`}
        />
      )}
      {detail && <span className={styles.phaseDetail}>{detail}</span>}
    </li>
  );
}

function PhaseIcon({ status }: { status: PhaseStatus }) {
  const props = { size: 16, 'aria-hidden': true, className: styles.phaseIcon } as const;
  switch (status) {
    case 'done':
      return <IconCheck {...props} />;
    case 'active':
      return <IconCircleDotFilled {...props} />;
    case 'waiting':
      return <IconCircle {...props} />;
    case 'stopped':
      return <IconPlayerStop {...props} />;
    default:
      return status satisfies never;
  }
}
