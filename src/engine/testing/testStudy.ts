/** A study's report made up for tests of what is drawn from it: four ways on 120 test rows. */
import { type ArmReport, type StudyConfig, type StudyReport, withHolm } from '../core/study';
import { OPTIONS } from './testRun';

export const STUDY_CONFIG: StudyConfig = {
  version: 1,
  task: 'classify',
  data: {
    name: 'a.csv',
    hash: 'hash-a',
    options: OPTIONS,
    roles: { text: 'text', label: 'label' },
    fixes: [],
    split: { validation: 0.15, test: 0.2, seed: 1 },
  },
  model: { id: 'tiny', revision: '1' },
  training: {},
  descriptions: {},
  examples: {},
  backend: 'auto',
  arms: ['majority', 'zero-shot', 'head', 'lora'].map((arm) => ({
    key: arm,
    arm,
    settings: {},
    training: {},
  })),
  reference: 'zero-shot',
  curve: null,
  pricePerMillion: 0.15,
  situation: null,
};

export function armReport(id: string, accuracy: number, changes: Partial<ArmReport> = {}): ArmReport {
  return {
    ...{ id, arm: id, label: id, settings: {}, status: 'finished', error: null, n: 120 },
    ...{ accuracy, macro_f1: accuracy, loss: null, ece: null, versus: null, ties: [], pairs: {} },
    ci95: { accuracy: [accuracy - 0.07, accuracy + 0.07], macro_f1: [accuracy - 0.08, accuracy + 0.08] },
    ...{ trainable_parameters: 0, bytes: 0, train_s: 0, latency_ms: null, prompt_tokens: 0 },
    ...{ unanswered: 0, left: 0, run: null, notes: [] },
    ...changes,
  };
}

export function studyReport(arms: ArmReport[], changes: Partial<StudyReport> = {}): StudyReport {
  return {
    version: 1,
    ...{ id: 'study-1', name: 'A study', created_at: '2026-04-13T14:25:01Z', finished_at: null },
    config: STUDY_CONFIG,
    guessed: {},
    data: {
      ...{ rows: 600, kept: 600, left_out: 0, rejected: 0, truncated: 0 },
      splits: { train: 400, validation: 80, test: 120 },
      ...{ classes: ['a', 'b'], class_counts: [300, 300], train_counts: [200, 200] },
    },
    model: { id: 'tiny', parameters: 1000, bytes: 4000 },
    backend: { id: 'wasm', adapter: 'CPU', reason: '', threads: 1 },
    arms: withHolm(arms),
    learning_curve: null,
    more_data: [],
    advice: [],
    ...changes,
  };
}
