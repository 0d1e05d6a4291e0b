/** The last stage: predictions of all arms on the test rows, scored and compared, as one report. */
import type { RunConfig } from '../core/config';
import type { Baseline, Predictions, RunReport } from '../core/report';
import { majorityClass } from '../evaluation/baselines';
import { argmax } from '../evaluation/metrics';
import { type Answers, compare, scoresOf } from '../evaluation/scores';
import type { MethodSpec } from '../tuning/spec';
import type { PhaseClock } from './phases';
import type { PreparedData } from './prepare';
import { type ActiveRun, parametersOf } from './training';

export function finalPredictions(
  data: PreparedData,
  before: readonly number[][],
  after: readonly number[][],
  head: readonly number[][] | null,
): Predictions {
  const { examples, rows } = data.splits.test;
  return {
    classes: [...data.dataset.classes],
    rows: examples.map((example, i) => ({
      line: example.line,
      text: example.text,
      expected: rows.labels[i] as number,
      before: before[i] ?? [],
      after: after[i] ?? [],
      ...(head ? { head: head[i] ?? [] } : {}),
    })),
  };
}

type Scored = Pick<RunReport, 'before' | 'after' | 'comparison' | 'baselines'>;

/** Scores every arm on the same rows. `trainCounts` = training rows by class, for the majority class. */
export function scorePredictions(
  predictions: Predictions,
  trainCounts: readonly number[],
  seed: number,
  baselines: boolean,
): Scored {
  const expected = predictions.rows.map((row) => row.expected);
  const classes = predictions.classes.length;
  const after: Answers = { probabilities: predictions.rows.map((row) => row.after) };
  const before: Answers = { probabilities: predictions.rows.map((row) => row.before) };
  const versus = (answers: Answers): Pick<Baseline, 'scores' | 'versus'> => ({
    scores: scoresOf(expected, answers, classes, seed),
    versus: compare(expected, after, answers, classes, seed),
  });
  const found: Baseline[] = [];
  if (baselines) {
    const majority = majorityClass(trainCounts, expected.length);
    found.push({
      id: 'majority',
      label: majorityLabel(predictions.classes, trainCounts),
      ...versus(majority),
    });
    if (predictions.rows.every((row) => row.head)) {
      const head: Answers = { probabilities: predictions.rows.map((row) => row.head ?? []) };
      found.push({ id: 'head', label: 'Head on frozen features', ...versus(head) });
    }
  }
  return {
    before: scoresOf(expected, before, classes, seed),
    after: scoresOf(expected, after, classes, seed),
    comparison: compare(expected, after, before, classes, seed),
    baselines: found,
  };
}

function majorityLabel(classes: readonly string[], trainCounts: readonly number[]): string {
  return `Always “${classes[argmax(trainCounts)] ?? ''}”`;
}

/** Training rows of each class, in class order. */
export function trainCounts(data: PreparedData): number[] {
  const counts = new Array<number>(data.dataset.classes.length).fill(0);
  for (const label of data.splits.train.rows.labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/** A stop after the last step stopped nothing; a run that had given up by itself was not stopped by hand. */
function ending({ control, training }: ActiveRun): Pick<RunReport, 'stopped_early' | 'stopped_by'> {
  const { state, plan } = training;
  if (state.stoppedEarly) return { stopped_early: true, stopped_by: 'patience' };
  return control.stopRequested && state.step < plan.totalSteps
    ? { stopped_early: true, stopped_by: 'hand' }
    : { stopped_early: false };
}

export function buildReport(
  run: ActiveRun & {
    clock: PhaseClock;
    started: number;
    memory: number;
    predictions: Predictions;
    spec: MethodSpec;
    headMeasured: boolean;
    rowMs: number;
  },
): RunReport {
  const { data, log, ports, training, tuned } = run;
  const { dataset, splits } = data;
  const seed = run.config.data.split.seed;
  return {
    version: 1,
    id: run.request.id,
    name: run.request.name,
    finished_at: new Date().toISOString(),
    config: run.config satisfies RunConfig,
    guessed: { ...run.request.guessed },
    data: {
      rows: dataset.rows,
      kept: dataset.kept,
      left_out: dataset.leftOut,
      rejected: dataset.rejected.map(({ line, reason }) => ({ line, reason })),
      splits: {
        train: splits.train.examples.length,
        validation: splits.validation.examples.length,
        test: splits.test.examples.length,
      },
      classes: [...dataset.classes],
      class_counts: [...dataset.classCounts],
      train_counts: trainCounts(data),
      truncated: data.truncated,
    },
    model: { id: tuned.base.id, parameters: tuned.base.parameters },
    method: { id: run.spec.id, trainable_parameters: parametersOf(tuned) },
    backend: { id: ports.backend.id, adapter: ports.backend.adapter, reason: ports.backend.reason },
    history: [...log.points],
    ...scorePredictions(run.predictions, trainCounts(data), seed, run.headMeasured),
    best_step: training.state.bestStep,
    total_steps: training.state.step,
    ...ending(run),
    warnings: [...log.warnings],
    verdict: log.verdict ?? { code: 'cannot-tell', since: 0, message: 'Nothing was checked.', advice: '' },
    timing: {
      wall_s: (ports.now() - run.started) / 1000,
      step_ms_median: log.stepMsMedian,
      tokens_per_s: log.tokensPerSecond,
      row_ms: run.rowMs,
      phases_s: run.clock.seconds(),
    },
    memory: { peak_bytes: run.memory },
  };
}
