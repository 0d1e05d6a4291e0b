import { fullSpec } from '../full/spec';
import type { MethodSpec } from '../spec';

export const scratchSpec = {
  id: 'scratch',
  group: 'other',
  label: 'From scratch',
  line: 'The same model with everything it knew wiped out: it learns the language from your rows alone.',
  note: 'For comparison: what the model’s earlier reading is worth. Language takes millions of texts to learn, so with hundreds of rows this is nearly always far below tuning, and often below a count of words.',
  paper: { title: 'BERT: Devlin et al. 2018', url: 'https://arxiv.org/abs/1810.04805' },
  fields: [],
  trainingDefaults: { learningRate: 3e-4, headRatio: 1, headStart: 'random', epochs: 15, patience: 8 },
  exports: 'model',
  parts: fullSpec.parts,
  trainableParameters: fullSpec.trainableParameters,
} satisfies MethodSpec;
