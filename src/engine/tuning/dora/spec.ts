import { loraSpec } from '../lora/spec';
import { linearsOf, listOf, type MethodSpec } from '../spec';

export const doraSpec = {
  id: 'dora',
  group: 'other',
  label: 'Adapter (DoRA)',
  line: 'LoRA that learns the length and the direction of each change apart. A tiny file; every step takes longer.',
  note: 'DoRA splits every adapted weight into length and direction and lets LoRA change the direction. It often does a little better than LoRA at a small adapter size, and each step costs more.',
  paper: { title: 'DoRA: Liu et al. 2024', url: 'https://arxiv.org/abs/2402.09353' },
  fields: loraSpec.fields,
  trainingDefaults: loraSpec.trainingDefaults,
  exports: 'adapter',
  peft: (settings, modules) => ({ ...loraSpec.peft(settings, modules), use_dora: true }),
  parts: loraSpec.parts,
  trainableParameters: (shape, settings, classes) => {
    const adapted = linearsOf(shape, listOf(settings, 'targets'));
    const perLayer = adapted.reduce((sum, [outputs]) => sum + outputs, 0);
    return loraSpec.trainableParameters(shape, settings, classes) + shape.layers * perLayer;
  },
} satisfies MethodSpec;
