import { textKey } from '../normalise';
import { percent, plural } from '../words';
import { type Check, type CheckInput, finding, removeExamples } from './check';

/** Training rows whose text stands in the official test file. */
function leaked({ byText, testExamples }: CheckInput): { train: number[]; test: number } {
  const keys = new Set<string>();
  let test = 0;
  for (const example of testExamples ?? []) {
    const key = textKey(example.text);
    if (!byText.has(key)) continue;
    keys.add(key);
    test++;
  }
  const train = [...keys].flatMap((key) => [...(byText.get(key) ?? [])]).sort((a, b) => a - b);
  return { train, test };
}

/** Test rows that also stand in training: the score would reward memory. Only with an official test file. */
export const leakage: Check = {
  code: 'leakage',
  title: 'Test rows in training',
  blocks: false,
  find: (input) => {
    const { train, test } = leaked(input);
    if (train.length === 0) return null;
    const share = percent(test / Math.max(1, input.testExamples?.length ?? 0));
    const words = {
      title: `${plural(test, 'test row', 'test rows')} (${share}) also ${test === 1 ? 'stands' : 'stand'} in the training file`,
      why: 'A model that has seen a test row can answer it from memory, so the score says less about new texts.',
    };
    return finding('leakage', 'warning', train, words, [
      {
        id: 'drop-from-training',
        label: 'Drop them from training',
        effect: `Removes ${plural(train.length, 'row')} from the training file; the test file stays whole.`,
      },
    ]);
  },
  fixes: {
    'drop-from-training': (input) => {
      const { train } = leaked(input);
      const reasons = new Map(train.map((i) => [i, 'also stands in the test file']));
      return removeExamples(input, reasons, `Removed ${plural(train.length, 'row')}.`);
    },
  },
};
