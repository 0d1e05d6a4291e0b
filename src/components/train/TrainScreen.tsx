/** Training as it happens: the curves, what they say, and what the model answers now. */
import { Alert, Button } from '@mantine/core';
import { useLocation } from 'wouter';
import { useActivity } from '../../state/activity';
import { clearRun, resumeInterrupted, startRun } from '../../state/commands/run';
import { trainBlockedBy } from '../../state/journey';
import { useProject } from '../../state/project';
import { isUnderWay, type RunState } from '../../state/runReducer';
import { useRuns } from '../../state/runs';
import { useStudy } from '../../state/study';
import { isStudyUnderWay } from '../../state/studyReducer';
import { ErrorCard } from '../common/ErrorCard';
import { about, count, duration } from '../common/format';
import type { NoteSpec } from '../common/Note';
import { type PrimaryAction, ScreenFrame } from '../common/ScreenFrame';
import { settingsProblem, useEstimate } from '../method/useEstimate';
import { announcement } from './announce';
import { LastRun } from './LastRun';
import { PinnedTable } from './PinnedTable';
import { ReadyCard } from './ReadyCard';
import { RunControls } from './RunControls';
import { RunPanel } from './RunPanel';
import { TrainChart } from './TrainChart';
import styles from './train.module.css';
import { useHiddenSeconds, useRunTitle } from './usePresence';
import { useRunFrame } from './useRunFrame';
import { RunWarnings, VerdictCard } from './VerdictCard';

const NOTES: readonly NoteSpec[] = [
  {
    id: 'train-two-lines',
    title: 'Two lines, one question',
    body: 'The solid line is how well it knows the rows it learns from; the dashed one, rows it has never seen. While both fall it learns. When the dashed one turns up alone, it memorises. The best point is kept either way.',
  },
  {
    id: 'train-stays-here',
    title: 'It all happens here',
    body: 'Training runs in this browser, in the background. You can look at the other steps meanwhile. If the tab closes, it goes on from the last checkpoint.',
  },
];

/** Numbers that change faster than this cannot be read. */
const EVERY_MS = 120;

export function TrainScreen() {
  const run = useRunFrame((state) => state, EVERY_MS);
  return run.status === 'idle' ? <IdleScreen /> : <RunScreen run={run} />;
}

function IdleScreen() {
  const project = useProject((state) => state);
  const check = useActivity('check');
  const now = useEstimate();
  const [, navigate] = useLocation();
  const seconds = now.estimate?.seconds ?? null;
  const blocked = trainBlockedBy({ project, check }) ?? settingsProblem(project);
  const studying = useStudy(isStudyUnderWay);
  const primary: PrimaryAction = studying
    ? { label: 'See the study under way', onClick: () => navigate('/prompt-or-tune') }
    : project.summary
      ? {
          label: 'Train',
          ...(seconds === null ? {} : { cost: about(seconds) }),
          disabledReason: blocked,
          onClick: () => void startRun(),
        }
      : { label: 'Start with some data', onClick: () => navigate('/data') };
  return (
    <ScreenFrame question="Ready to train?" notes={NOTES} primary={primary} back={{ to: '/method' }}>
      <ReadyCard now={now} />
      <LastRun />
    </ScreenFrame>
  );
}

function RunScreen({ run }: { run: Exclude<RunState, { status: 'idle' }> }) {
  const underWay = isUnderWay(run);
  const hidden = useHiddenSeconds(underWay);
  const [, navigate] = useLocation();
  useRunTitle(run.status);
  const again = (): void => {
    clearRun();
    navigate('/method');
  };
  return (
    <ScreenFrame
      question={QUESTIONS[run.status]}
      lead={
        <div className={styles.lead}>
          <span>{run.name}</span>
          {(run.status === 'starting' || run.status === 'running') && <RunControls run={run} />}
          {run.status === 'done' && (
            <Button size="sm" variant="default" onClick={again}>
              Train again with other settings
            </Button>
          )}
        </div>
      }
      notes={NOTES}
      primary={primaryOf(run, navigate)}
      back={{ to: '/method' }}
    >
      <p className={styles.srOnly} aria-live="polite">
        {announcement(run)}
      </p>
      {run.status === 'failed' && <FailedCard run={run} />}
      {hidden >= 5 && underWay && (
        <Alert color="gray" variant="light">
          This tab was in the background for {duration(hidden)}. Browsers slow such tabs down; keep it in view
          for the shortest run.
        </Alert>
      )}
      <div className={styles.stage}>
        <TrainChart />
        <div className={styles.side}>
          <RunPanel run={run} />
        </div>
      </div>
      <VerdictCard
        verdict={run.status === 'done' ? run.report.verdict : run.telemetry.verdicts.at(-1)}
        report={run.status === 'done' ? run.report : null}
      />
      <RunWarnings warnings={run.telemetry.warnings} />
      <PinnedTable pinned={run.telemetry.pinned} plan={run.telemetry.plan} />
    </ScreenFrame>
  );
}

const QUESTIONS: Readonly<Record<Exclude<RunState['status'], 'idle'>, string>> = {
  starting: 'Is it learning?',
  running: 'Is it learning?',
  done: 'Did it learn?',
  failed: 'What went wrong?',
};

function primaryOf(
  run: Exclude<RunState, { status: 'idle' }>,
  navigate: (to: string) => void,
): PrimaryAction {
  const compare = { label: 'Compare before and after', onClick: () => navigate('/compare') };
  if (run.status === 'done') return compare;
  if (run.status === 'failed') return { ...compare, disabledReason: 'This run did not finish.' };
  const left = run.telemetry.phase.phase === 'training' ? run.telemetry.latest?.secondsLeft : undefined;
  const when = left === undefined ? 'When the run has finished.' : `In ${about(left)}.`;
  return { ...compare, disabledReason: when };
}

function FailedCard({ run }: { run: Extract<RunState, { status: 'failed' }> }) {
  const interrupted = useRuns((runs) => runs.interrupted);
  const [, navigate] = useLocation();
  const resumable = interrupted?.id === run.id ? interrupted : null;
  const again = (): void => {
    clearRun();
    void startRun();
  };
  return (
    <ErrorCard
      error={run.error}
      retryLabel={resumable ? `Go on from step ${count(resumable.step)}` : 'Start again'}
      onRetry={resumable ? () => void resumeInterrupted() : again}
    >
      <Button
        size="sm"
        variant="subtle"
        color="gray"
        onClick={() => {
          clearRun();
          navigate('/method');
        }}
      >
        Change the settings
      </Button>
    </ErrorCard>
  );
}
