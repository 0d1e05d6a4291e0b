import { headParameters, type MethodSpec, targetExpression } from '../spec';

/** peft's defaults for BERT, less its `output.dense` of attention: the paper scales keys, values and feed-forward. */
export const IA3_FEED_FORWARD = 'output.dense';
export const IA3_TARGETS: readonly string[] = ['key', 'value', IA3_FEED_FORWARD];

export const ia3Spec = {
  id: 'ia3',
  group: 'other',
  label: '(IA)³',
  line: 'The model stays as it is; it only learns which of its signals to turn up and which to turn down.',
  note: '(IA)³ learns one factor for each key, value and inner signal of every layer: the fewest numbers of all methods that reach inside the model, and the smallest file. It was made for very few rows; it needs a large step size.',
  paper: { title: '(IA)³: Liu et al. 2022', url: 'https://arxiv.org/abs/2205.05638' },
  fields: [],
  trainingDefaults: { learningRate: 1e-2, headRatio: 1 },
  exports: 'adapter',
  peft: (_settings, layers) => ({
    peft_type: 'IA3',
    fan_in_fan_out: false,
    init_ia3_weights: true,
    target_modules: targetExpression(layers, IA3_TARGETS),
    feedforward_modules: targetExpression(layers, [IA3_FEED_FORWARD]),
  }),
  parts: (shape) => ({
    embeddings: 'frozen',
    layers: Array.from({ length: shape.layers }, () => 'adapted' as const),
    head: 'trained',
  }),
  trainableParameters: (shape, _settings, classes) =>
    shape.layers * (2 * shape.width + shape.feedForward) + headParameters(shape, classes),
} satisfies MethodSpec;
