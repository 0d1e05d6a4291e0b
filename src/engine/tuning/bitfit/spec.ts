import { headParameters, type MethodSpec } from '../spec';

export const bitfitSpec = {
  id: 'bitfit',
  group: 'other',
  label: 'Biases only (BitFit)',
  line: 'Only the offsets inside the model move: one number a signal, and none of the large matrices.',
  note: 'BitFit trains under one per cent of the weights, all of which the model already has, so nothing is added and nothing gets slower to use. Its authors found it level with full tuning on few rows. It needs larger steps than full tuning does.',
  paper: { title: 'BitFit: Ben Zaken et al. 2022', url: 'https://arxiv.org/abs/2106.10199' },
  fields: [],
  trainingDefaults: { learningRate: 1e-3, headRatio: 1 },
  exports: 'model',
  parts: (shape) => ({
    embeddings: 'partly',
    layers: Array.from({ length: shape.layers }, () => 'partly' as const),
    head: 'trained',
  }),
  trainableParameters: (shape, _settings, classes) => {
    const { embeddings, layers } = shape.scalars;
    return [embeddings, ...layers].reduce((sum, { biases }) => sum + biases, headParameters(shape, classes));
  },
} satisfies MethodSpec;
