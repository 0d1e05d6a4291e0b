/** Numbers as people type and read them: '1e-4', '0.0001', '2 000', '0,05'. Pure; the controls build on it. */
import type { NumberField } from '../../engine/core/fields';

/** What was typed as a number, or null when it is none. A comma is a decimal sign unless it groups thousands. */
export function parseEntry(text: string): number | null {
  const compact = text.trim().replace(/[\s\u00a0\u202f_']/g, '');
  const plain = /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/.test(compact)
    ? compact.replaceAll(',', '')
    : compact.replace(/^([+-]?\d*),(\d+)/, '$1.$2');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
}

/** The value as it stands in its box: powers of ten where the field spans decades, plain digits elsewhere. */
export function formatEntry(field: NumberField, value: number): string {
  if (field.scale !== 'log' || value === 0) return String(value);
  if (value >= 0.01 && value < 10_000) return String(Number(value.toPrecision(6)));
  return value.toExponential().replace('e+', 'e');
}

/** Steps of 1-2-5 in each decade: what a hand on the arrow keys wants of a learning rate. */
const LOG_STEPS = [1, 2, 5, 10] as const;

/** The next value in a direction, kept inside the field's range. */
export function stepEntry(field: NumberField, value: number, direction: 1 | -1): number {
  const next = field.scale === 'log' ? logStep(value, direction) : linearStep(field, value, direction);
  return Math.min(field.max, Math.max(field.min, next));
}

function linearStep(field: NumberField, value: number, direction: 1 | -1): number {
  const exact = value / field.step;
  const onGrid = Math.abs(exact - Math.round(exact)) < 1e-9;
  const index = onGrid ? Math.round(exact) + direction : direction > 0 ? Math.ceil(exact) : Math.floor(exact);
  return Number((index * field.step).toPrecision(12));
}

function logStep(value: number, direction: 1 | -1): number {
  if (value <= 0) return value;
  const decade = 10 ** Math.floor(Math.log10(value) + 1e-9);
  const mantissa = value / decade;
  const above = LOG_STEPS.find((step) => step > mantissa * (1 + 1e-9));
  const below = [...LOG_STEPS].reverse().find((step) => step < mantissa * (1 - 1e-9));
  const next = direction > 0 ? (above ?? 10) * decade : (below ?? 0.5) * decade;
  return Number(next.toPrecision(12));
}
