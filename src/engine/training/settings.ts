/** The validated training settings with their types. */
import { z } from 'zod';
import type { Settings } from '../core/fields';

const trainingSettings = z.object({
  epochs: z.number(),
  learningRate: z.number(),
  headRatio: z.number(),
  headStart: z.enum(['probe', 'descriptions', 'random']),
  batchSize: z.number(),
  accumulation: z.number(),
  maxLength: z.number(),
  schedule: z.enum(['linear', 'cosine', 'constant']),
  warmup: z.number(),
  weightDecay: z.number(),
  dropout: z.number(),
  clipNorm: z.number(),
  patience: z.number(),
  selection: z.enum(['loss', 'accuracy']),
  evaluateEvery: z.number(),
  seed: z.number(),
});
export type TrainingSettings = z.infer<typeof trainingSettings>;

/** Settings already checked against TRAINING_FIELDS, typed. */
export function typedSettings(settings: Settings): TrainingSettings {
  return trainingSettings.parse(settings);
}

export interface StepPlan {
  stepsPerEpoch: number;
  totalSteps: number;
  warmupSteps: number;
  evaluateEvery: number;
}

/** Checks in a run when the interval is left to Hone. */
const DEFAULT_CHECKS = 20;

export function planSteps(settings: TrainingSettings, trainRows: number): StepPlan {
  const stepsPerEpoch = Math.ceil(Math.ceil(trainRows / settings.batchSize) / settings.accumulation);
  const totalSteps = stepsPerEpoch * settings.epochs;
  return {
    stepsPerEpoch,
    totalSteps,
    warmupSteps: Math.ceil(totalSteps * settings.warmup),
    evaluateEvery: settings.evaluateEvery || Math.max(1, Math.ceil(totalSteps / DEFAULT_CHECKS)),
  };
}
