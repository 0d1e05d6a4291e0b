import { plural } from '../words';
import { type Check, finding } from './check';

const FEWEST = 10;
/** OpenAI's advice for fine-tuning, and Kiln's warning: start with 50 (trust.md 1.1). */
const FEW = 50;

/** Too few examples to train on (error), or to trust what comes out (warning). */
export const fewRows: Check = {
  code: 'few-rows',
  title: 'Few rows',
  blocks: true,
  find: ({ examples }) => {
    if (examples.length >= FEW) return null;
    const rows = plural(examples.length, 'usable row');
    const all = examples.map((_, i) => i);
    if (examples.length >= FEWEST) {
      return finding('few-rows', 'warning', all, {
        title: `Only ${rows}`,
        why: `Below ${FEW} rows the test set is so small that scores swing by chance. More rows help more than any setting.`,
      });
    }
    return finding('few-rows', 'error', all, {
      title: examples.length === 0 ? 'No usable rows' : `Only ${rows}: too few to train`,
      why: `At least ${FEWEST} usable rows are needed, better 50 and more. Add rows, or look at the rejected ones.`,
    });
  },
  fixes: {},
};
