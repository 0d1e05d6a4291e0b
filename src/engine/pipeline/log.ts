/** What a run has found so far, kept beside its checkpoints: points, verdicts, warnings, pinned rows. */
import { z } from 'zod';
import type { RunEvent } from '../core/events';
import { random } from '../core/random';
import {
  type EvaluationPoint,
  evaluationPointSchema,
  type RunWarning,
  type Verdict,
  verdictSchema,
  warningSchema,
} from '../core/report';
import { argmax, countClasses, macroF1, predictedClasses } from '../evaluation/metrics';
import { wilson } from '../evaluation/significance';
import type { Rows } from '../training/rows';
import type { CheckEvent } from '../training/train';
import { type Evaluation, verdictOf } from '../training/verdict';

const PINNED_ROWS = 12;

const logSchema = z.object({
  points: z.array(evaluationPointSchema),
  /** Per point: one character a validation row, '1' = right; and whether it became the best. */
  checks: z.array(z.object({ correct: z.string(), best: z.boolean() })),
  warnings: z.array(warningSchema),
  verdict: verdictSchema.nullable(),
  stepMs: z.array(z.number()),
  tokens: z.number(),
  tokenSeconds: z.number(),
});
type LogState = z.infer<typeof logSchema>;

export interface RunLog {
  readonly points: readonly EvaluationPoint[];
  readonly warnings: readonly RunWarning[];
  readonly verdict: Verdict | null;
  readonly stepMsMedian: number;
  readonly tokensPerSecond: number;
  /** A check's events: the evaluation, and the verdict when it changed. */
  check(event: CheckEvent, finished: boolean): RunEvent[];
  /** The loss stopped being a number after this step: training ends and the verdict says so. */
  diverged(step: number): RunEvent[];
  /** The verdict once no step will follow. */
  finish(): RunEvent[];
  warn(code: string, step: number, message: string): RunEvent;
  timed(stepMs: number, tokens: number): void;
  state(): unknown;
  /** Takes over a saved state; the events tell it again to a page that has forgotten. */
  restore(state: unknown): RunEvent[];
}

export interface LogOptions {
  validation: Rows;
  classes: number;
  totalSteps: number;
  pinned: readonly number[];
}

/** A seeded choice of validation rows that the page shows while training. */
export function pinRows(rows: Rows, seed: number): number[] {
  return random(seed, 'pinned')
    .shuffle(Array.from(rows.labels.keys()))
    .slice(0, PINNED_ROWS)
    .sort((a, b) => a - b);
}

function brokenCheck(step: number, rows: number): Evaluation {
  return {
    step,
    trainLoss: Number.NaN,
    validationLoss: Number.NaN,
    correct: new Uint8Array(rows),
    best: false,
  };
}

export function createLog(options: LogOptions): RunLog {
  const { validation, classes, totalSteps } = options;
  const counts = new Array<number>(classes).fill(0);
  for (const label of validation.labels) counts[label] = (counts[label] ?? 0) + 1;
  const majorityShare = Math.max(...counts) / Math.max(1, validation.labels.length);
  let log: LogState = {
    points: [],
    checks: [],
    warnings: [],
    verdict: null,
    stepMs: [],
    tokens: 0,
    tokenSeconds: 0,
  };

  let divergedAt: number | null = null;

  const judge = (finished: boolean): RunEvent[] => {
    const measured: Evaluation[] = log.points.map((point, i) => ({
      step: point.step,
      trainLoss: point.train_loss,
      validationLoss: point.validation_loss,
      correct: Uint8Array.from(log.checks[i]?.correct ?? '', Number),
      best: log.checks[i]?.best ?? false,
    }));
    const evaluations =
      divergedAt === null ? measured : [...measured, brokenCheck(divergedAt, validation.labels.length)];
    const verdict = verdictOf({ evaluations, totalSteps, classes, majorityShare, finished });
    const changed = verdict.code !== log.verdict?.code || verdict.message !== log.verdict.message;
    log = { ...log, verdict };
    return changed ? [{ type: 'verdict', step: log.points.at(-1)?.step ?? 0, ...verdict }] : [];
  };

  return {
    get points() {
      return log.points;
    },
    get warnings() {
      return log.warnings;
    },
    get verdict() {
      return log.verdict;
    },
    get stepMsMedian() {
      const sorted = [...log.stepMs].sort((a, b) => a - b);
      return sorted[Math.floor(sorted.length / 2)] ?? 0;
    },
    get tokensPerSecond() {
      return log.tokenSeconds === 0 ? 0 : log.tokens / log.tokenSeconds;
    },
    check(event, finished) {
      const predicted = predictedClasses(event.probabilities);
      const point: EvaluationPoint = {
        step: event.step,
        epoch: event.epoch,
        train_loss: event.trainLoss,
        validation_loss: event.validationLoss,
        metrics: {
          accuracy: event.accuracy,
          macro_f1: macroF1(countClasses(validation.labels, predicted, classes)),
        },
      };
      log = {
        ...log,
        points: [...log.points, point],
        checks: [...log.checks, { correct: event.correct.join(''), best: event.best }],
      };
      const right = event.correct.reduce((sum, one) => sum + one, 0);
      const pinned = options.pinned.map((row) => {
        const shares = event.probabilities[row] ?? [];
        const top = argmax(shares);
        return { predicted: top, confidence: shares[top] ?? 0 };
      });
      return [
        {
          type: 'evaluation',
          ...point,
          best: event.best,
          n: validation.labels.length,
          accuracyCi95: wilson(right, validation.labels.length),
          pinned,
        },
        ...judge(finished),
      ];
    },
    diverged(step) {
      divergedAt = step;
      return judge(true);
    },
    finish: () => judge(true),
    warn(code, step, message) {
      log = { ...log, warnings: [...log.warnings, { code, step, message }] };
      return { type: 'warning', code, step, message };
    },
    timed(stepMs, tokens) {
      log.stepMs.push(Math.round(stepMs * 1000) / 1000);
      if (log.stepMs.length > 2000) log.stepMs.splice(0, 1000);
      log = { ...log, tokens: log.tokens + tokens, tokenSeconds: log.tokenSeconds + stepMs / 1000 };
    },
    state: () => log,
    restore(state) {
      log = logSchema.parse(state);
      const points = log.points.map((point, i): RunEvent => {
        const { correct = '', best = false } = log.checks[i] ?? {};
        const right = [...correct].filter((one) => one === '1').length;
        const accuracyCi95 = wilson(right, correct.length);
        return { type: 'evaluation', ...point, best, n: correct.length, accuracyCi95, pinned: [] };
      });
      const step = log.points.at(-1)?.step ?? 0;
      return log.verdict ? [...points, { type: 'verdict', step, ...log.verdict }] : points;
    },
  };
}
