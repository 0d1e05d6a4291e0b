import type { Settings } from '../../core/fields';
import type { LinearRole } from '../../core/modelShape';
import { headParameters, type MethodSpec, numberOf } from '../spec';

/** The modules that an adapter follows. */
export function adaptedRoles({ place }: Settings): readonly LinearRole[] {
  return place === 'both' ? ['attention-output', 'down'] : ['down'];
}

export const adapterSpec = {
  id: 'adapter',
  group: 'other',
  label: 'Bottleneck adapter',
  line: 'The model stays as it is; a small network after each layer’s blocks learns to correct what they say.',
  note: 'The adapters that came before LoRA. They can learn what no change of the model’s own weights can, so they cannot be folded into it: the export is a small file, the model beside it, and a few lines of Python that put them together.',
  paper: { title: 'Adapters: Houlsby et al. 2019', url: 'https://arxiv.org/abs/1902.00751' },
  fields: [
    {
      kind: 'number',
      key: 'size',
      label: 'Adapter size',
      term: 'Bottleneck width',
      help: 'How many signals each adapter squeezes a layer’s answer into. More learn more and cost more.',
      level: 'simple',
      option: 'adapter-size',
      default: 32,
      min: 1,
      max: 256,
      step: 1,
      integer: true,
    },
    {
      kind: 'choice',
      key: 'place',
      label: 'Where the adapters stand',
      term: 'Placement',
      help: 'One adapter a layer is usually as good as two and half the cost.',
      level: 'expert',
      option: 'adapter-place',
      default: 'feed-forward',
      options: [
        {
          value: 'feed-forward',
          label: 'After the feed-forward block',
          help: 'One a layer (Pfeiffer et al. 2021).',
        },
        {
          value: 'both',
          label: 'After attention, too',
          help: 'Two a layer (Houlsby et al. 2019).',
        },
      ],
    },
  ],
  trainingDefaults: { learningRate: 1e-3, headRatio: 2 },
  exports: 'adapter',
  parts: (shape) => ({
    embeddings: 'frozen',
    layers: Array.from({ length: shape.layers }, () => 'adapted' as const),
    head: 'trained',
  }),
  trainableParameters: (shape, settings, classes) => {
    const { width: d } = shape;
    const m = numberOf(settings, 'size');
    const each = d * m + m + m * d + d;
    return shape.layers * adaptedRoles(settings).length * each + headParameters(shape, classes);
  },
} satisfies MethodSpec;
