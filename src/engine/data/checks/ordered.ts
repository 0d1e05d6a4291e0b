import { type Check, finding } from './check';

const FEWEST_ROWS = 20;
/** Share of the label changes that a shuffled file would show. */
const SHARE_OF_CHANCE = 0.1;

/** A file sorted by label. Hone shuffles, so this only matters where the file is used elsewhere. */
export const ordered: Check = {
  code: 'ordered',
  title: 'Sorted file',
  blocks: false,
  find: ({ examples, byLabel }) => {
    if (examples.length < FEWEST_ROWS || byLabel.size < 2) return null;
    const n = examples.length;
    let same = 0;
    for (const indices of byLabel.values()) same += (indices.length / n) ** 2;
    const expected = (n - 1) * (1 - same);
    const changes = examples.filter((example, i) => i > 0 && example.label !== examples[i - 1]?.label).length;
    if (changes >= SHARE_OF_CHANCE * expected) return null;
    return finding('ordered', 'info', [], {
      title: 'The file is sorted by label',
      why: 'Hone shuffles before it splits and while it trains, so nothing needs doing. Cutting such a file in two by hand would lose whole classes.',
    });
  },
  fixes: {},
};
