import { headParameters, type MethodSpec } from '../spec';

export const headSpec = {
  id: 'head',
  group: 'usual',
  label: 'Head only',
  line: 'The model only reads; a small classifier on top learns to sort what it read. Seconds, and hard to overfit.',
  note: 'Every row is read once by the frozen model, then a linear classifier is fitted on the result. It is the honest baseline: if tuning does not beat it, you do not need tuning.',
  paper: { title: 'Linear probes: Alain & Bengio 2016', url: 'https://arxiv.org/abs/1610.01644' },
  fields: [],
  trainingDefaults: {
    learningRate: 1e-2,
    headRatio: 1,
    epochs: 40,
    batchSize: 64,
    weightDecay: 0.1,
    patience: 8,
    headStart: 'random',
  },
  exports: 'model',
  parts: (shape) => ({
    embeddings: 'frozen',
    layers: Array.from({ length: shape.layers }, () => 'frozen' as const),
    head: 'trained',
  }),
  trainableParameters: (shape, _settings, classes) => headParameters(shape, classes),
} satisfies MethodSpec;
