/** Two or more runs laid over each other: their curves by share of the run, and the settings that differ. Pure. */
import { methodSpec, trainingFields } from '../../engine/catalog';
import type { Field, SettingValue } from '../../engine/core/fields';
import type { RunReport } from '../../engine/core/report';
import { isMethodId } from '../../engine/tuning/specs';
import type { Curve, CurveRow } from '../charts/curveData';
import { mergeCurves } from '../charts/curveData';
import { count } from '../common/format';
import { methodLabel, shownSetting } from '../compare/settingsDiff';

export type OverlayView = 'loss' | 'accuracy';

/** Told apart by colour, and by dash where colours come round again. */
const COLOURS = ['var(--hone-accent)', 'var(--hone-validation)', 'var(--hone-before)', 'var(--hone-warning)'];

export function overlayCurves(reports: readonly RunReport[]): Curve[] {
  return reports.map(({ name }, i) => ({
    key: `run-${i}`,
    label: name,
    look: i < COLOURS.length ? 'line' : 'points',
    colour: COLOURS[i % COLOURS.length] ?? 'var(--hone-muted)',
  }));
}

export function overlayRows(reports: readonly RunReport[], view: OverlayView): CurveRow[] {
  return mergeCurves(
    Object.fromEntries(
      reports.map(({ history }, i) => [
        `run-${i}`,
        history.map(({ step, validation_loss, metrics }) => ({
          step,
          value: view === 'loss' ? validation_loss : metrics.accuracy,
        })),
      ]),
    ),
  );
}

export function lastStepOf(reports: readonly RunReport[]): number {
  return Math.max(1, ...reports.map(({ history }) => history.at(-1)?.step ?? 0));
}

export interface Difference {
  label: string;
  /** One per run, in order; '–' where the method has no such setting. */
  values: string[];
}

/** What is not the same in all of the runs: data, split, method, and every setting with its value in force. */
export function differences(reports: readonly RunReport[]): Difference[] {
  const facts: Difference[] = [
    { label: 'Data', values: reports.map(({ config }) => config.data.name) },
    { label: 'Rows used', values: reports.map(({ data }) => count(data.kept)) },
    { label: 'Seed', values: reports.map(({ config }) => String(config.data.split.seed)) },
    { label: 'Model', values: reports.map(({ model }) => model.id) },
    { label: 'Method', values: reports.map(({ method }) => methodLabel(method.id)) },
  ];
  const fields = new Map<string, Field>();
  for (const report of reports) for (const field of fieldsOf(report)) fields.set(field.key, field);
  const settings = [...fields.values()].map((field) => ({
    label: field.label,
    values: reports.map((report) => inForce(report, field.key)),
  }));
  return [...facts, ...settings].filter(({ values }) => new Set(values).size > 1);
}

function fieldsOf({ method }: RunReport): Field[] {
  return isMethodId(method.id) ? [...methodSpec(method.id).fields, ...trainingFields(method.id)] : [];
}

function inForce(report: RunReport, key: string): string {
  const field = fieldsOf(report).find((one) => one.key === key);
  if (!field) return '–';
  const { method, training } = report.config;
  const given: Readonly<Record<string, SettingValue>> = { ...training, ...method.settings };
  return shownSetting(field, given[key] ?? field.default);
}
