import type { ArmSpec } from '../spec';

export const tfidfSpec = {
  id: 'tfidf',
  label: 'Classic: word counts',
  line: 'Weighs the words and word pairs of a text (TF-IDF and logistic regression). No language model; seconds on any machine.',
  kind: 'floor',
  reach: 'tab',
  fields: [
    {
      kind: 'number',
      key: 'inverseRegularisation',
      label: 'Trust in the training rows',
      term: 'Inverse regularisation (C)',
      help: 'Larger follows the training rows more closely, smaller keeps the weights small. scikit-learn’s default is 1.',
      level: 'expert',
      option: 'tfidf-c',
      default: 10,
      min: 0.001,
      max: 10_000,
      step: 0.1,
      integer: false,
      scale: 'log',
    },
  ],
  trains: null,
  learns: true,
} satisfies ArmSpec;
