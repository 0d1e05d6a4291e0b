import { listSome, plural } from '../words';
import { type Check, type CheckInput, type Fixed, finding, removeClasses } from './check';

/** With fewer, training sees 4 or 5 rows of a class and the test one (trust.md 1.2.7). */
const FEW = 8;

function classesWith(input: CheckInput, fits: (rows: number) => boolean): Map<string, readonly number[]> {
  return new Map([...input.byLabel].filter(([, indices]) => fits(indices.length)));
}

function dropClasses(input: CheckInput, classes: ReadonlyMap<string, readonly number[]>): Fixed {
  const rows = [...classes.values()].reduce((sum, indices) => sum + indices.length, 0);
  const count = (label: string): string => plural(classes.get(label)?.length ?? 0, 'row');
  return removeClasses(
    input,
    new Set(classes.keys()),
    (label) => `its class “${label}” has only ${count(label)}`,
    `Removed ${plural(classes.size, 'class', 'classes')} with ${plural(rows, 'row')}.`,
  );
}

function named(classes: ReadonlyMap<string, readonly number[]>): string {
  return listSome([...classes.keys()].map((label) => `“${label}”`));
}

function dropAction(classes: ReadonlyMap<string, readonly number[]>) {
  const rows = [...classes.values()].reduce((sum, indices) => sum + indices.length, 0);
  const label = classes.size === 1 ? 'Drop this class' : `Drop these ${classes.size} classes`;
  return { id: 'drop-class', label, effect: `Removes ${plural(rows, 'row')} of ${named(classes)}.` };
}

/** Classes with a single row: they cannot stand both in training and in the test. */
export const singleRowClass: Check = {
  code: 'single-row-class',
  title: 'Classes with one row',
  blocks: true,
  find: (input) => {
    const classes = classesWith(input, (rows) => rows === 1);
    if (classes.size === 0 || input.byLabel.size === 1) return null;
    const title =
      classes.size === 1
        ? `The class ${named(classes)} has a single row`
        : `${plural(classes.size, 'class', 'classes')} have a single row: ${named(classes)}`;
    const why =
      'A row can be used to train or to test, not both, so nothing can be said about such a class. Add rows, merge the class with another, or drop it.';
    return finding('single-row-class', 'error', [...classes.values()].flat(), { title, why }, [
      dropAction(classes),
    ]);
  },
  fixes: {
    'drop-class': (input) =>
      dropClasses(
        input,
        classesWith(input, (rows) => rows === 1),
      ),
  },
};

/** Classes with 2 to 7 rows. */
export const smallClass: Check = {
  code: 'small-class',
  title: 'Classes with few rows',
  blocks: false,
  find: (input) => {
    const classes = classesWith(input, (rows) => rows > 1 && rows < FEW);
    if (classes.size === 0) return null;
    const title = `${plural(classes.size, 'class has', 'classes have')} fewer than ${FEW} rows: ${named(classes)}`;
    const why =
      'So few examples are rarely enough to learn a class, and its test score rests on one or two rows. Aim for 8 or more rows per class; 30 make it solid.';
    return finding('small-class', 'warning', [...classes.values()].flat(), { title, why }, [
      dropAction(classes),
    ]);
  },
  fixes: {
    'drop-class': (input) =>
      dropClasses(
        input,
        classesWith(input, (rows) => rows > 1 && rows < FEW),
      ),
  },
};
