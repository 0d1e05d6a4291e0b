import { cut, plural } from '../words';
import { type Check, finding } from './check';

const MANY = 200;
const MOST = 1_000;

/** One class (nothing to learn), or so many that the column is an id or free text. */
export const classCount: Check = {
  code: 'class-count',
  title: 'Number of classes',
  blocks: true,
  find: ({ examples, byLabel }) => {
    const all = examples.map((_, i) => i);
    const [only] = byLabel.keys();
    if (byLabel.size === 1 && only !== undefined) {
      return finding('one-class', 'error', all, {
        title: `Every row has the same label, “${cut(only, 40)}”`,
        why: 'A classifier needs at least two classes to tell apart. Choose another label column, or add rows of another class.',
      });
    }
    if (byLabel.size <= MANY) return null;
    const perClass = (examples.length / byLabel.size).toFixed(1);
    const why = `With ${perClass} rows per class on average this looks like an id or free text rather than a label. Choose another label column, or merge classes.`;
    const title = `${plural(byLabel.size, 'different label')}`;
    if (byLabel.size <= MOST) return finding('many-classes', 'warning', all, { title, why });
    return finding('too-many-classes', 'error', all, {
      title: `${title}: Hone trains up to ${MOST.toLocaleString('en-US')} classes`,
      why,
    });
  },
  fixes: {},
};
