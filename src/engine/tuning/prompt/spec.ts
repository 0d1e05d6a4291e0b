import { headParameters, type MethodSpec, numberOf } from '../spec';

/** Read before every text at the start of training, as many tokens of it as there are virtual ones. */
export const PROMPT_TEXT = 'Classify this text by what it is about and what its writer wants';

export const promptSpec = {
  id: 'prompt',
  group: 'other',
  label: 'Soft prompt',
  line: 'Learns an instruction: a few made-up words read before every text. The model stays exactly as it is.',
  note: 'Training writes the prompt instead of a person, in vectors rather than words. The file is the smallest of all and one model can serve many tasks. It needs a large model to shine: on a small one expect less than from an adapter, and every text costs more to read.',
  paper: { title: 'Prompt tuning: Lester et al. 2021', url: 'https://arxiv.org/abs/2104.08691' },
  fields: [
    {
      kind: 'number',
      key: 'virtualTokens',
      label: 'Made-up words before each text',
      term: 'Virtual tokens',
      help: 'How many vectors are learned. 20 is usual; more cost time with every text and help little.',
      level: 'simple',
      option: 'virtual-tokens',
      default: 20,
      min: 1,
      max: 100,
      step: 1,
      integer: true,
    },
    {
      kind: 'choice',
      key: 'start',
      label: 'Where the prompt starts',
      term: 'Prompt initialisation',
      help: 'Real words are a better start than noise, most of all with small models (Lester et al. 2021).',
      level: 'expert',
      option: 'prompt-start',
      default: 'instruction',
      options: [
        { value: 'instruction', label: 'An instruction', help: `“${PROMPT_TEXT}”, repeated to the length.` },
        { value: 'sampled', label: 'Words by chance', help: 'Tokens drawn from the vocabulary.' },
        { value: 'random', label: 'Noise', help: 'Numbers between -0.5 and 0.5.' },
      ],
    },
  ],
  trainingDefaults: { learningRate: 1e-2, headRatio: 0.1 },
  exports: 'adapter',
  parts: (shape) => ({
    embeddings: 'adapted',
    layers: Array.from({ length: shape.layers }, () => 'frozen' as const),
    head: 'trained',
  }),
  virtualTokens: (settings) => numberOf(settings, 'virtualTokens'),
  trainableParameters: (shape, settings, classes) =>
    numberOf(settings, 'virtualTokens') * shape.width + headParameters(shape, classes),
} satisfies MethodSpec;
