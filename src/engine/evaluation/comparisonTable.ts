/**
 * Prompting, prompt tuning, adapters and full tuning side by side, with this data's figures: one column for the best
 * finished arm of each.
 */
import { armSpec } from '../arms/specs';
import { bytes, count, duration, figure, magnitude, percent } from '../core/format';
import type { ArmReport } from '../core/study';
import type { MethodSpec } from '../tuning/spec';
import { isMethodId, METHOD_SPECS } from '../tuning/specs';
import { candidatesOf, type Findings } from './candidates';

const FAMILIES = ['prompting', 'prompt-tuning', 'adapter', 'full'] as const;
export type Family = (typeof FAMILIES)[number];

const WORDS: Readonly<Record<Family, { label: string; depth: string; when: string }>> = {
  prompting: {
    label: 'Prompting',
    depth: 'None: the model is asked in other words',
    when: 'Few or no labelled rows, or labels that change often',
  },
  'prompt-tuning': {
    label: 'Prompt tuning',
    depth: 'Learned positions before the text; no weight of the model moves',
    when: 'One large model serves many tasks; on small models it loses',
  },
  adapter: {
    label: 'Adapter',
    depth: 'Small matrices beside frozen weights',
    when: 'Tuning that has to be small to store, or quick to swap',
  },
  full: {
    label: 'Full tuning',
    depth: 'Every weight',
    when: 'Many rows, and the last point counts more than the size',
  },
};

export interface ComparisonTable {
  columns: readonly { family: Family; label: string; arm: string }[];
  rows: readonly { aspect: string; cells: readonly string[] }[];
}

export function comparisonTable(report: Findings): ComparisonTable {
  const { all } = candidatesOf(report);
  const found = FAMILIES.flatMap((family) => {
    const arm = all.find((candidate) => familyOf(candidate) === family);
    return arm ? [{ family, arm }] : [];
  });
  const row = (aspect: string, cell: (arm: ArmReport, family: Family) => string) => ({
    aspect,
    cells: found.map(({ arm, family }) => cell(arm, family)),
  });
  return {
    columns: found.map(({ family, arm }) => ({ family, label: WORDS[family].label, arm: arm.id })),
    rows: [
      row('Here', ({ label }) => label),
      row('Right on', ({ accuracy, n }) => `${percent(accuracy)} of ${count(n)} test rows`),
      row('Weights changed', (arm) => weightsOf(arm, report.model.parameters)),
      row('Depth of customisation', (_, family) => WORDS[family].depth),
      row('Cost to train', ({ train_s, trainable_parameters }) =>
        trainable_parameters === 0 ? 'None' : duration(train_s),
      ),
      row('To store', ({ bytes: size }) => bytes(size)),
      row('Cost per answer', costOf),
      row('Stability', (arm) => stabilityOf(arm, report)),
      row('When to use', (_, family) => WORDS[family].when),
    ],
  };
}

function familyOf({ arm }: ArmReport): Family | null {
  const { kind, trains } = armSpec(arm);
  if (kind === 'prompt') return 'prompting';
  if (!trains || !isMethodId(trains.method)) return null;
  const method: MethodSpec = METHOD_SPECS[trains.method];
  if (method.virtualTokens) return 'prompt-tuning';
  if (method.exports === 'adapter') return 'adapter';
  return method.id === 'full' ? 'full' : null;
}

function weightsOf({ trainable_parameters }: ArmReport, parameters: number): string {
  if (trainable_parameters === 0) return 'None';
  return `${magnitude(trainable_parameters)} (${figure((100 * trainable_parameters) / parameters)} % of the model’s)`;
}

function costOf({ latency_ms, prompt_tokens }: ArmReport): string {
  const time = latency_ms === null ? '' : `${figure(latency_ms)} ms, `;
  return `${time}${figure(prompt_tokens)} tokens`;
}

/** The spread over the largest size that was drawn more than once; else the interval of the test rows. */
function stabilityOf({ id, ci95 }: ArmReport, { learning_curve }: Findings): string {
  const drawn = (learning_curve ?? [])
    .filter(({ arm, draws }) => arm === id && draws.length > 1)
    .sort((a, b) => b.rows - a.rows)[0];
  if (!drawn) return `${percent(ci95.accuracy[0])} to ${percent(ci95.accuracy[1])} (95 %, test rows)`;
  const scores = drawn.draws.map(({ accuracy }) => accuracy);
  return `${percent(Math.min(...scores))} to ${percent(Math.max(...scores))} over ${scores.length} draws of ${count(drawn.rows)} rows`;
}
