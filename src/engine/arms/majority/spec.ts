import type { ArmSpec } from '../spec';

export const majoritySpec = {
  id: 'majority',
  label: 'Always the most common label',
  line: 'Answers the same to everything. Whatever does not beat this has learned nothing.',
  kind: 'floor',
  reach: 'tab',
  fields: [],
  trains: null,
  learns: false,
} satisfies ArmSpec;
