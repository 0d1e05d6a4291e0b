import { type MethodSpec, modelParameters } from '../spec';

export const fullSpec = {
  id: 'full',
  group: 'usual',
  label: 'Full',
  line: 'Every weight of the model moves. The most freedom, the most memory, the biggest file.',
  note: 'Full tuning adjusts the whole model to your rows. With a few thousand good rows it sets the bar; with few rows it memorises soonest, so watch the validation line.',
  paper: { title: 'BERT: Devlin et al. 2018', url: 'https://arxiv.org/abs/1810.04805' },
  fields: [],
  trainingDefaults: { learningRate: 1e-4 },
  exports: 'model',
  parts: (shape) => ({
    embeddings: 'trained',
    layers: Array.from({ length: shape.layers }, () => 'trained' as const),
    head: 'trained',
  }),
  trainableParameters: (shape, _settings, classes) => modelParameters(shape, classes),
} satisfies MethodSpec;
