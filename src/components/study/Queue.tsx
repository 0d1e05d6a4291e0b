/** The ways one after another: what is done, what goes on and how far, what is to come; the one that learns shows its curve. */
import { Progress } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCheck,
  IconCircle,
  IconCircleDotFilled,
  IconPlayerSkipForward,
} from '@tabler/icons-react';
import { memo, useMemo } from 'react';
import { armNames } from '../../engine/arms/specs';
import type { StudyConfig } from '../../engine/core/study';
import { points } from '../../state/series';
import { type ArmState, armState, type CurrentArm, type StudyProgress } from '../../state/studyReducer';
import { CurveChart } from '../charts/CurveChart';
import { CurveLegend } from '../charts/CurveLegend';
import { type Curve, meansOf, mergeCurves, smooth } from '../charts/curveData';
import { count, duration, figure, percent, plural } from '../common/format';
import { Section } from '../common/Section';
import classes from './queue.module.css';

interface QueueProps {
  config: StudyConfig;
  progress: StudyProgress;
  paused: boolean;
  /** 'about 2 min left' and the like; empty while unknown. */
  left: string;
}

export function Queue({ config, progress, paused, left }: QueueProps) {
  const { current, curve, preparing } = progress;
  const names = armNames(config.arms);
  const done = config.arms.filter(
    ({ key }) => !['waiting', 'running'].includes(armState(progress, key)),
  ).length;
  const title = paused
    ? 'Paused'
    : preparing && !current
      ? preparing.detail
      : curve && !current
        ? 'Drawing the learning curve'
        : `${count(done)} of ${plural(config.arms.length, 'way')} done`;
  return (
    <Section title={title} lead={left}>
      {preparing && !current && <Bar label={preparing.detail} {...preparing} />}
      <ol className={classes.queue} aria-label="The ways in turn">
        {config.arms.map((choice) => (
          <QueueItem
            key={choice.key}
            name={names[choice.key] ?? choice.key}
            state={armState(progress, choice.key)}
            result={resultOf(progress, choice.key)}
            current={current?.key === choice.key ? current : null}
          />
        ))}
        {config.curve && (
          <QueueItem
            name="Learning curve"
            state={curve ? 'running' : 'waiting'}
            result={curve ? `${count(curve.done)} of ${count(curve.total)} draws` : ''}
            current={null}
          />
        )}
      </ol>
      {curve && !current && (
        <Bar
          label={`${names[curve.arm] ?? curve.arm} on ${plural(curve.rows, 'training row')}`}
          done={curve.done}
          total={curve.total}
        />
      )}
    </Section>
  );
}

function resultOf({ report }: StudyProgress, key: string): string {
  const arm = report?.arms.find(({ id }) => id === key);
  if (!arm) return '';
  return arm.status === 'finished' ? `${percent(arm.accuracy)} right` : '';
}

const WORDS: Readonly<Record<ArmState, string>> = {
  waiting: 'to come',
  running: 'going on',
  finished: 'done',
  failed: 'failed',
  skipped: 'skipped',
};

interface QueueItemProps {
  name: string;
  state: ArmState;
  result: string;
  current: CurrentArm | null;
}

function QueueItem({ name, state, result, current }: QueueItemProps) {
  const told = state === 'failed' || state === 'skipped' ? WORDS[state] : result;
  return (
    <li
      className={classes.item}
      data-state={state}
      {...(state === 'running' ? { 'aria-current': 'step' as const } : {})}
    >
      <span className={classes.line}>
        <Icon state={state} />
        <span className={classes.name}>{name}</span>
        <span className={classes.result}>
          {told}
          {told === '' && <span className={classes.srOnly}>{WORDS[state]}</span>}
        </span>
      </span>
      {current && <Current current={current} name={name} />}
    </li>
  );
}

function Icon({ state }: { state: ArmState }) {
  const props = { size: 17, 'aria-hidden': true, className: classes.icon } as const;
  switch (state) {
    case 'finished':
      return <IconCheck {...props} />;
    case 'running':
      return <IconCircleDotFilled {...props} />;
    case 'waiting':
      return <IconCircle {...props} />;
    case 'failed':
      return <IconAlertTriangle {...props} />;
    case 'skipped':
      return <IconPlayerSkipForward {...props} />;
    default:
      return state satisfies never;
  }
}

function Current({ current, name }: { current: CurrentArm; name: string }) {
  const { latest, detail } = current;
  const training = latest !== null && latest.step < latest.totalSteps;
  return (
    <div className={classes.current}>
      {training ? (
        <Bar
          label={`Training, step ${count(latest.step)} of ${count(latest.totalSteps)}, ${duration(latest.secondsLeft)} left`}
          done={latest.step}
          total={latest.totalSteps}
        />
      ) : (
        <Bar label={detail} done={current.done} total={current.total} />
      )}
      {current.loss.buckets.length > 1 && <LossCurve current={current} name={name} />}
    </div>
  );
}

function Bar({ label, done, total }: { label: string; done: number; total: number }) {
  const share = total > 0 ? (100 * done) / total : null;
  return (
    <div className={classes.bar}>
      <span className={classes.detail}>{label}</span>
      <Progress
        size={4}
        value={share ?? 100}
        animated={share === null}
        transitionDuration={120}
        aria-label={`${label}: progress`}
      />
    </div>
  );
}

const CURVES: readonly Curve[] = [
  { key: 'train', label: 'seen rows (training)', look: 'line', colour: 'var(--hone-accent)' },
  { key: 'validation', label: 'unseen rows (validation)', look: 'points', colour: 'var(--hone-validation)' },
];

const LossCurve = memo(function LossCurve({ current, name }: { current: CurrentArm; name: string }) {
  const { loss, checks, latest } = current;
  const rows = useMemo(
    () =>
      mergeCurves({
        train: smooth(meansOf(points(loss))),
        validation: checks.map(({ step, loss: value }) => ({ step, value })),
      }),
    [loss, checks],
  );
  return (
    <div className={classes.curve}>
      <CurveChart
        rows={rows}
        curves={CURVES}
        description={`Loss of ${name} so far`}
        yLabel="loss (nats)"
        formatY={figure}
        lastStep={latest?.totalSteps ?? 1}
        height={150}
      />
      <CurveLegend curves={CURVES} />
    </div>
  );
});
