import { headParameters, type MethodSpec, numberOf } from '../spec';

export const prefixSpec = {
  id: 'prefix',
  group: 'other',
  label: 'Prefix',
  line: 'Learns what every layer should bear in mind while it reads. The model stays exactly as it is.',
  note: 'A soft prompt speaks to the first layer only; a prefix gives every layer’s attention a few learned entries to look at. It can change more than a prompt and is slower to train than an adapter, which is the better choice unless one model has to serve many tasks at once.',
  paper: { title: 'Prefix-tuning: Li & Liang 2021', url: 'https://arxiv.org/abs/2101.00190' },
  fields: [
    {
      kind: 'number',
      key: 'virtualTokens',
      label: 'Learned entries in each layer',
      term: 'Virtual tokens',
      help: 'How many keys and values each layer gets. 20 is usual; fewer are easier to train with few rows.',
      level: 'simple',
      option: 'virtual-tokens',
      default: 20,
      min: 1,
      max: 100,
      step: 1,
      integer: true,
    },
  ],
  trainingDefaults: { learningRate: 1e-2, headRatio: 0.1 },
  exports: 'adapter',
  parts: (shape) => ({
    embeddings: 'frozen',
    layers: Array.from({ length: shape.layers }, () => 'adapted' as const),
    head: 'trained',
  }),
  virtualTokens: (settings) => numberOf(settings, 'virtualTokens'),
  trainableParameters: (shape, settings, classes) =>
    numberOf(settings, 'virtualTokens') * 2 * shape.layers * shape.kvHeads * shape.headSize +
    headParameters(shape, classes),
} satisfies MethodSpec;
