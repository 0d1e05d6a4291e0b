import { LINEAR_ROLES, type LinearRole } from '../../core/modelShape';
import { headParameters, linearsOf, listOf, type MethodSpec, numberOf } from '../spec';

const ROLE_HELP: Readonly<Record<LinearRole, string>> = {
  query: 'What each word looks for.',
  key: 'What each word offers to be found by.',
  value: 'What a word passes on when it is looked at.',
  'attention-output': 'How the attention heads are mixed.',
  gate: 'What the feed-forward block lets through, in models that have a gate.',
  up: 'The widening half of the feed-forward block.',
  down: 'The narrowing half of the feed-forward block.',
};

export const loraSpec = {
  id: 'lora',
  group: 'usual',
  label: 'Adapter (LoRA)',
  line: 'The model stays as it is; small matrices beside it learn the difference. Close to full tuning, a tiny file.',
  note: 'LoRA adds two thin matrices beside chosen weights and trains only those. It usually comes within a point of full tuning with a few per cent of the parameters, and one base can carry many adapters.',
  paper: { title: 'LoRA: Hu et al. 2021', url: 'https://arxiv.org/abs/2106.09685' },
  fields: [
    {
      kind: 'number',
      key: 'rank',
      label: 'Adapter size',
      term: 'LoRA rank (r)',
      help: 'How many directions each adapter may add. 8 suits most tasks; double it if training accuracy stays low.',
      level: 'simple',
      option: 'rank',
      default: 8,
      min: 1,
      max: 64,
      step: 1,
      integer: true,
    },
    {
      kind: 'number',
      key: 'alpha',
      label: 'Adapter strength',
      term: 'LoRA alpha',
      help: 'The adapter is scaled by alpha ÷ rank. Twice the rank is the usual choice.',
      level: 'expert',
      option: 'alpha',
      default: 16,
      min: 1,
      max: 256,
      step: 1,
      integer: true,
    },
    {
      kind: 'number',
      key: 'loraDropout',
      label: 'Adapter dropout',
      term: 'LoRA dropout',
      help: 'Randomly silences part of the adapter’s input while training, against memorising. 0 turns it off.',
      level: 'expert',
      option: 'lora-dropout',
      default: 0.05,
      min: 0,
      max: 0.5,
      step: 0.05,
      integer: false,
    },
    {
      kind: 'many',
      key: 'targets',
      label: 'Weights that get an adapter',
      term: 'Target modules',
      help: 'Which matrices of every layer are adapted. More targets learn more and cost more.',
      level: 'expert',
      option: 'targets',
      default: ['query', 'value', 'attention-output', 'down'],
      options: LINEAR_ROLES.map((value) => ({
        value,
        label: value.replace('-', ' '),
        help: ROLE_HELP[value],
      })),
    },
  ],
  trainingDefaults: { learningRate: 1e-3, headRatio: 2 },
  exports: 'adapter',
  peft: (settings, modules) => ({
    peft_type: 'LORA',
    r: numberOf(settings, 'rank'),
    lora_alpha: numberOf(settings, 'alpha'),
    lora_dropout: numberOf(settings, 'loraDropout'),
    use_rslora: false,
    use_dora: false,
    bias: 'none',
    fan_in_fan_out: false,
    init_lora_weights: true,
    target_modules: modules(listOf(settings, 'targets') as readonly LinearRole[]),
  }),
  parts: (shape, settings) => {
    const adapted = linearsOf(shape, listOf(settings, 'targets')).length > 0;
    return {
      embeddings: 'frozen',
      layers: Array.from({ length: shape.layers }, () => (adapted ? 'adapted' : 'frozen')),
      head: 'trained',
    };
  },
  trainableParameters: (shape, settings, classes) => {
    const rank = numberOf(settings, 'rank');
    const adapted = linearsOf(shape, listOf(settings, 'targets'));
    const perLayer = adapted.reduce((sum, [outputs, inputs]) => sum + rank * (inputs + outputs), 0);
    return shape.layers * perLayer + headParameters(shape, classes);
  },
} satisfies MethodSpec;
