import type { ArmSpec } from '../spec';

export const fewShotSpec = {
  id: 'few-shot',
  label: 'Prompt: a few examples',
  line: 'The untouched model picks the label whose examples are closest on average. It reads a handful of rows; no weight moves.',
  kind: 'prompt',
  reach: 'tab',
  fields: [
    {
      kind: 'number',
      key: 'shots',
      label: 'Examples of each label',
      term: 'Shots (k)',
      help: 'Drawn from the training rows, or written by you under “Examples”. More examples make the average steadier.',
      level: 'simple',
      option: 'shots',
      default: 5,
      min: 1,
      max: 64,
      step: 1,
      integer: true,
    },
  ],
  trains: null,
  learns: true,
} satisfies ArmSpec;
