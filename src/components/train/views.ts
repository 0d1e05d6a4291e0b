/** The chart's three views as plain data for CurveChart. Pure. */
import type { RunState, Telemetry } from '../../state/runReducer';
import { points } from '../../state/series';
import type { CurveChartProps } from '../charts/CurveChart';
import type { Curve } from '../charts/curveData';
import { type CurvePoint, meansOf, mergeCurves, smooth } from '../charts/curveData';
import { count, figure, percent } from '../common/format';
import { type ChartView, chartFinding, troubleZones } from './finding';

const TRAIN = 'var(--hone-accent)';
const VALIDATION = 'var(--hone-validation)';

const CURVES: Readonly<Record<ChartView, readonly Curve[]>> = {
  loss: [
    { key: 'raw', label: 'each step', look: 'faint', colour: TRAIN },
    { key: 'train', label: 'seen rows (training)', look: 'line', colour: TRAIN },
    { key: 'validation', label: 'unseen rows (validation)', look: 'points', colour: VALIDATION },
  ],
  accuracy: [
    { key: 'accuracy', label: 'accuracy', look: 'points', colour: VALIDATION },
    { key: 'macroF1', label: 'macro F1', look: 'line', colour: 'var(--hone-before)' },
  ],
  rate: [{ key: 'rate', label: 'step size (learning rate)', look: 'line', colour: TRAIN }],
};

export type ViewData = Pick<
  CurveChartProps,
  'rows' | 'curves' | 'description' | 'yLabel' | 'formatY' | 'lastStep' | 'yTop' | 'zones' | 'flag'
>;

export function viewData(view: ChartView, run: Exclude<RunState, { status: 'idle' }>): ViewData {
  const { telemetry } = run;
  const reached = Math.max(telemetry.latest?.step ?? 0, telemetry.evaluations.at(-1)?.step ?? 0);
  // While training, the axis ends at the planned steps, so that the empty part is what is left.
  const training = run.status === 'running' || run.status === 'starting';
  const lastStep = training ? Math.max(telemetry.plan?.totalSteps ?? 0, reached, 1) : Math.max(reached, 1);
  const shared = {
    curves: CURVES[view],
    description: `${chartFinding(view, telemetry)}. Arrow keys move through the steps.`,
    lastStep,
    zones: view === 'rate' ? [] : troubleZones(telemetry.verdicts, reached),
  };
  switch (view) {
    case 'loss':
      return { ...shared, ...lossView(telemetry) };
    case 'accuracy':
      return { ...shared, ...accuracyView(telemetry) };
    case 'rate':
      return { ...shared, ...rateView(telemetry) };
    default:
      return view satisfies never;
  }
}

function lossView(telemetry: Telemetry) {
  const raw = meansOf(points(telemetry.loss));
  const validation = telemetry.evaluations.map((point) => ({
    step: point.step,
    value: point.validation_loss,
  }));
  return {
    rows: mergeCurves({ raw, train: smooth(raw), validation }),
    yLabel: 'loss (nats)',
    formatY: figure,
    flag: flagAt(telemetry, validation),
  };
}

function accuracyView(telemetry: Telemetry) {
  const accuracy = telemetry.evaluations.map(({ step, metrics }) => ({ step, value: metrics.accuracy }));
  const macroF1 = telemetry.evaluations.map(({ step, metrics }) => ({ step, value: metrics.macro_f1 }));
  return {
    rows: mergeCurves({ accuracy, macroF1 }),
    yLabel: 'share right on validation rows',
    formatY: (value: number) => percent(value).replace('.0 %', ' %'),
    yTop: 1,
    flag: flagAt(telemetry, accuracy),
  };
}

function rateView(telemetry: Telemetry) {
  return {
    rows: mergeCurves({ rate: meansOf(points(telemetry.learningRate)) }),
    yLabel: 'step size',
    formatY: figure,
    flag: null,
  };
}

function flagAt({ bestStep }: Telemetry, curve: readonly CurvePoint[]) {
  const at = curve.find((point) => point.step === bestStep);
  return at ? { step: at.step, value: at.value, label: `best: step ${count(at.step)}` } : null;
}
