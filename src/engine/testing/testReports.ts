/** Made-up studies for the tests of advice. */
import { mcnemar, pairedInterval, rowsNeeded } from '../core/paired';
import { type ArmReport, withHolm } from '../core/study';
import type { Findings } from '../evaluation/candidates';
import { wilson } from '../evaluation/significance';

const ROWS = 200;

export function armOf(arm: string, hits: number, own: Partial<ArmReport> = {}): ArmReport {
  const accuracy = hits / ROWS;
  return {
    id: arm,
    arm,
    label: arm,
    settings: {},
    status: 'finished',
    error: null,
    n: ROWS,
    accuracy,
    macro_f1: accuracy,
    ci95: { accuracy: wilson(hits, ROWS), macro_f1: wilson(hits, ROWS) },
    loss: 0.5,
    ece: 0.03,
    versus: null,
    ties: [],
    pairs: {},
    trainable_parameters: 0,
    bytes: 6000,
    train_s: 0,
    latency_ms: 5,
    prompt_tokens: 20,
    unanswered: 0,
    left: 0,
    run: null,
    notes: [],
    ...own,
  };
}

/** Counted against another arm: what it alone gets right, and what the other alone does. */
export function beside(id: string, ahead: number, behind: number): Pick<ArmReport, 'pairs'> {
  return { pairs: { [id]: { n: ROWS, ahead, behind } } };
}

/** Compared with `reference`: what it alone gets right, and what the reference alone does. */
export function against(
  reference: string,
  fixed: number,
  broken: number,
): Pick<ArmReport, 'versus' | 'pairs'> {
  const delta = (fixed - broken) / ROWS;
  const p = mcnemar(fixed, broken);
  return {
    ...beside(reference, fixed, broken),
    versus: {
      id: reference,
      n: ROWS,
      delta,
      ci95: pairedInterval(fixed, broken, ROWS),
      p,
      p_holm: p,
      fixed,
      broken,
      rows_needed: rowsNeeded(fixed, broken, ROWS),
    },
  };
}

/** Each arm's counts against another are the other's against it, turned round. */
function bothWays(arms: readonly ArmReport[]): ArmReport[] {
  return arms.map((arm) => {
    const turned = arms.flatMap((other) => {
      const pair = other.pairs[arm.id];
      return pair ? [[other.id, { n: pair.n, ahead: pair.behind, behind: pair.ahead }] as const] : [];
    });
    return { ...arm, pairs: { ...Object.fromEntries(turned), ...arm.pairs } };
  });
}

/** Two classes, evenly; the first arm is the reference. */
export function studyOf(arms: readonly ArmReport[], own: Partial<Findings> = {}): Findings {
  return {
    version: 1,
    id: 's',
    name: 's',
    created_at: '2026-01-01T00:00:00Z',
    finished_at: '2026-01-01T00:10:00Z',
    config: {
      version: 1,
      task: 'classify',
      data: {} as Findings['config']['data'],
      model: { id: 'minilm-l6-en', revision: '1' },
      training: {},
      descriptions: {},
      examples: {},
      backend: 'auto',
      arms: arms.map(({ id, arm }) => ({ key: id, arm, settings: {}, training: {} })),
      reference: arms[0]?.id ?? '',
      curve: null,
      pricePerMillion: 0.15,
      situation: null,
    },
    guessed: {},
    data: {
      rows: 1000,
      kept: 1000,
      left_out: 0,
      rejected: 0,
      splits: { train: 700, validation: 100, test: ROWS },
      classes: ['left', 'right'],
      class_counts: [500, 500],
      train_counts: [350, 350],
      truncated: 0,
    },
    model: { id: 'minilm-l6-en', parameters: 22_700_000, bytes: 90_800_000 },
    backend: { id: 'wasm', adapter: 'processor', reason: 'asked for', threads: 2 },
    arms: withHolm(bothWays(arms)),
    learning_curve: null,
    more_data: [],
    ...own,
  };
}
