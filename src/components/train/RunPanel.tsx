/** Beside the chart: how good it is now, how far it is, how long it will take, where it runs. */
import { Tooltip } from '@mantine/core';
import { type Change, changeOf, endingOf } from '../../engine/core/report';
import type { RunState } from '../../state/runReducer';
import { Figure } from '../common/Figure';
import { count, duration, figure, percent } from '../common/format';
import { Term } from '../common/Term';
import { PhaseList } from './PhaseList';
import styles from './train.module.css';

type Run = Exclude<RunState, { status: 'idle' }>;

export function RunPanel({ run }: { run: Run }) {
  return (
    <aside className={`hone-card ${styles.panel}`} aria-label="How the run is going">
      <AccuracyNow run={run} />
      <PhaseList run={run} />
      <Facts run={run} />
    </aside>
  );
}

const CHANGE_WORDS: Readonly<Record<Change, string>> = {
  better: 'better now',
  worse: 'worse now',
  same: 'nothing changed',
  unclear: 'too close to tell apart',
};

/** On the test rows once they were asked; on the validation rows until then. */
function AccuracyNow({ run }: { run: Run }) {
  if (run.status === 'done') {
    const { after, before, comparison } = run.report;
    return (
      <Figure
        label={
          <>
            <Term id="accuracy">Right</Term> on <Term id="test-rows">test rows</Term>
          </>
        }
        value={percent(after.accuracy)}
        interval={after.ci95.accuracy}
        n={after.n}
        detail={`before tuning: ${percent(before.accuracy)}; ${CHANGE_WORDS[changeOf(comparison)]}`}
        tone={changeOf(comparison) === 'better' ? 'accent' : 'ink'}
        size="lg"
      />
    );
  }
  const { evaluations, bestStep } = run.telemetry;
  const last = evaluations.at(-1);
  const best = evaluations.find((point) => point.step === bestStep);
  const label = (
    <>
      <Term id="accuracy">Right</Term> on <Term id="validation-rows">validation rows</Term>
    </>
  );
  if (!last) return <Figure label={label} value="–" detail="comes with the first check" size="lg" />;
  const detail =
    best && best.step !== last.step
      ? `at step ${count(last.step)}; kept so far: step ${count(best.step)} with ${percent(best.metrics.accuracy)}`
      : `at step ${count(last.step)}, the best so far`;
  return (
    <Figure
      label={label}
      value={percent(last.metrics.accuracy)}
      interval={last.accuracyCi95}
      n={last.n}
      detail={detail}
      tone="accent"
      size="lg"
    />
  );
}

function Facts({ run }: { run: Run }) {
  const { plan, latest } = run.telemetry;
  const ending = run.status === 'done' ? endingOf(run.report) : null;
  return (
    <dl className={styles.facts}>
      {run.status === 'running' && (
        <>
          <dt>Time left</dt>
          <dd>{timeLeft(run)}</dd>
        </>
      )}
      {run.status === 'done' && (
        <>
          <dt>Took</dt>
          <dd>{duration(run.report.timing.wall_s)}</dd>
          <dt>Kept</dt>
          <dd>step {count(run.report.best_step)}</dd>
          {ending !== null && (
            <>
              <dt>
                {run.report.stopped_by === 'patience' ? <Term id="early-stopping">Ended</Term> : 'Ended'}
              </dt>
              <dd>{ending}</dd>
            </>
          )}
        </>
      )}
      {latest && (
        <>
          <dt>
            <Term id="step">Step</Term>
          </dt>
          <dd>
            {count(latest.step)}
            {plan && ` of ${count(plan.totalSteps)}`}
          </dd>
          <dt>Speed</dt>
          <dd>
            {figure(run.status === 'done' ? run.report.timing.tokens_per_s : latest.tokensPerSecond)}{' '}
            <Term id="token">tokens</Term>/s
          </dd>
        </>
      )}
      {plan && (
        <>
          <dt>Runs on</dt>
          <dd>
            <Tooltip
              label={plan.backend.reason}
              multiline
              w={260}
              events={{ hover: true, focus: true, touch: true }}
            >
              <button type="button" className={styles.hint}>
                {plan.backend.adapter}
              </button>
            </Tooltip>
          </dd>
          <dt>Learns from</dt>
          <dd>{count(plan.splits.train)} rows</dd>
        </>
      )}
    </dl>
  );
}

function timeLeft(run: Extract<RunState, { status: 'running' }>): string {
  const { phase, latest } = run.telemetry;
  if (run.paused) return 'paused';
  if (phase.phase === 'testing') return 'a moment';
  if (!latest || phase.phase !== 'training') return 'after warm-up';
  return run.stopping ? 'stopping' : duration(latest.secondsLeft);
}
