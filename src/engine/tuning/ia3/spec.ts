import type { LinearRole } from '../../core/modelShape';
import { headParameters, linearsOf, type MethodSpec } from '../spec';

/** As the paper: keys, values, and what enters the narrowing half of the feed-forward block. */
export const IA3_FEED_FORWARD = 'down';
const IA3_LEAVING: readonly LinearRole[] = ['key', 'value'];
export const IA3_TARGETS: readonly LinearRole[] = [...IA3_LEAVING, IA3_FEED_FORWARD];

export const ia3Spec = {
  id: 'ia3',
  group: 'other',
  label: '(IA)³',
  line: 'The model stays as it is; it only learns which of its signals to turn up and which to turn down.',
  note: '(IA)³ learns one factor for each key, value and inner signal of every layer: the fewest numbers of all methods that reach inside the model, and the smallest file. It was made for very few rows; it needs larger steps than the others.',
  paper: { title: '(IA)³: Liu et al. 2022', url: 'https://arxiv.org/abs/2205.05638' },
  fields: [],
  trainingDefaults: { learningRate: 3e-3, headRatio: 1 },
  exports: 'adapter',
  peft: (_settings, modules) => ({
    peft_type: 'IA3',
    fan_in_fan_out: false,
    init_ia3_weights: true,
    target_modules: modules(IA3_TARGETS),
    feedforward_modules: modules([IA3_FEED_FORWARD]),
  }),
  parts: (shape) => ({
    embeddings: 'frozen',
    layers: Array.from({ length: shape.layers }, () => 'adapted' as const),
    head: 'trained',
  }),
  trainableParameters: (shape, _settings, classes) => {
    const leaving = linearsOf(shape, IA3_LEAVING).reduce((sum, [outputs]) => sum + outputs, 0);
    const entering = linearsOf(shape, [IA3_FEED_FORWARD]).reduce((sum, [, inputs]) => sum + inputs, 0);
    return shape.layers * (leaving + entering) + headParameters(shape, classes);
  },
} satisfies MethodSpec;
