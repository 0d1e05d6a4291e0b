import { headParameters, lastLayersParameters, type MethodSpec, numberOf } from '../spec';

export const layerwiseSpec = {
  id: 'layerwise',
  group: 'usual',
  label: 'Layer-wise',
  line: 'Only the last layers move. The layers below stay as they were and are computed once per row.',
  note: 'Early layers know the language; late layers decide what matters. Tuning only the last ones is faster with every layer you leave alone, and forgets less of what the model knew.',
  paper: { title: 'What would Elsa do? Lee, Tang & Lin 2019', url: 'https://arxiv.org/abs/1911.03090' },
  fields: [
    {
      kind: 'layers',
      key: 'layers',
      label: 'Layers that move, from the top',
      term: 'Trainable layers',
      help: 'How many of the last encoder layers train. More layers fit harder tasks; fewer are faster and safer with few rows.',
      level: 'simple',
      option: 'layers',
      default: 2,
    },
  ],
  trainingDefaults: { learningRate: 2e-4 },
  exports: 'model',
  parts: (shape, settings) => {
    const trained = Math.min(numberOf(settings, 'layers'), shape.layers);
    return {
      embeddings: 'frozen',
      layers: Array.from({ length: shape.layers }, (_, i) =>
        i >= shape.layers - trained ? 'trained' : 'frozen',
      ),
      head: 'trained',
    };
  },
  trainableParameters: (shape, settings, classes) =>
    lastLayersParameters(shape, numberOf(settings, 'layers')) + headParameters(shape, classes),
} satisfies MethodSpec;
