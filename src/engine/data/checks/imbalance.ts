import { percent, plural } from '../words';
import { type Check, finding } from './check';

/** cleanlab datalab imbalance.py: the rarest class has less than a tenth of an even share. */
const SHARE_OF_EVEN = 0.1;

/** One class is far rarer than an even split would make it. */
export const imbalance: Check = {
  code: 'imbalance',
  title: 'Uneven classes',
  blocks: false,
  find: ({ examples, byLabel }) => {
    const sorted = [...byLabel].sort(([, a], [, b]) => a.length - b.length);
    const [rarest] = sorted;
    const commonest = sorted.at(-1);
    if (rarest === undefined || commonest === undefined || byLabel.size < 2) return null;
    const share = rarest[1].length / examples.length;
    if (share >= SHARE_OF_EVEN / byLabel.size) return null;
    return finding('imbalance', 'warning', rarest[1], {
      title: `“${rarest[0]}” has ${plural(rarest[1].length, 'row')}, “${commonest[0]}” has ${commonest[1].length.toLocaleString('en-US')}`,
      why: `At ${percent(share)} of the rows the model can ignore the rare class and still look accurate. Watch macro F1 rather than accuracy, and add rows of the rare class.`,
    });
  },
  fixes: {},
};
