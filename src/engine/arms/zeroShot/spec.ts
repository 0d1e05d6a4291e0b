import type { ArmSpec } from '../spec';

export const zeroShotSpec = {
  id: 'zero-shot',
  label: 'Prompt: label descriptions',
  line: 'The untouched model picks the label whose description is closest to the text. No examples, no training.',
  kind: 'prompt',
  reach: 'tab',
  fields: [],
  trains: null,
  learns: false,
} satisfies ArmSpec;
