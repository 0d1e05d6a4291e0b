/** Which label is taken for which. The title is the finding; every cell opens its rows. */
import { SegmentedControl, Text } from '@mantine/core';
import { memo, useCallback, useMemo, useState } from 'react';
import { count, plural } from '../common/format';
import { Section } from '../common/Section';
import { Term } from '../common/Term';
import { type ConfusedPair, confusedPairs, confusionOf } from './confusion';
import { Matrix } from './Matrix';
import classes from './matrix.module.css';
import type { CellFilter, Side, TestRow } from './rows';
import shared from './shared.module.css';

/** Above this the whole matrix is too large to read at a glance, and the worst pairs stand beside it. */
const READABLE = 15;
const PAIRS = 12;

interface MatrixPanelProps {
  rows: readonly TestRow[];
  labels: readonly string[];
  onOpen: (cell: CellFilter) => void;
}

/** Memoised: with 77 labels it holds 6,000 cells, and typing in the row search must not draw them again. */
export const MatrixPanel = memo(function MatrixPanel({ rows, labels, onOpen }: MatrixPanelProps) {
  const [side, setSide] = useState<Side>('after');
  const confusion = useMemo(() => confusionOf(rows, side, labels.length), [rows, side, labels]);
  const pairs = useMemo(() => confusedPairs(confusion, PAIRS), [confusion]);
  const open = useCallback(
    (expected: number, predicted: number): void => onOpen({ side, expected, predicted }),
    [onOpen, side],
  );
  return (
    <Section
      title={titleOf(pairs[0], labels, side)}
      lead={
        <>
          <Term id="confusion-matrix">The matrix</Term> counts, for every true label, what the model answered.
          Press a number to see its rows; arrow keys lead from one to the next.
        </>
      }
      tools={
        <SegmentedControl
          aria-label="Answers to count"
          size="sm"
          value={side}
          onChange={(value) => setSide(value === 'before' ? 'before' : 'after')}
          data={[
            { value: 'before', label: 'Before' },
            { value: 'after', label: 'After' },
          ]}
        />
      }
    >
      <div className={classes.matrixRow}>
        {labels.length > READABLE && <Pairs pairs={pairs} labels={labels} onOpen={open} />}
        <Matrix
          confusion={confusion}
          labels={labels}
          side={side}
          onOpen={open}
          dense={labels.length > READABLE}
        />
      </div>
    </Section>
  );
});

function titleOf(worst: ConfusedPair | undefined, labels: readonly string[], side: Side): string {
  const when = side === 'after' ? 'After tuning' : 'Before tuning';
  if (!worst) return `${when} no label is taken for another`;
  if (worst.count === 1) return `${when} no two labels are confused more than once`;
  return `${when} “${labels[worst.expected]}” is most often taken for “${labels[worst.predicted]}” (${count(worst.count)} of ${plural(worst.of, 'row')})`;
}

interface PairsProps {
  pairs: readonly ConfusedPair[];
  labels: readonly string[];
  onOpen: (expected: number, predicted: number) => void;
}

function Pairs({ pairs, labels, onOpen }: PairsProps) {
  return (
    <div className={classes.pairs}>
      <Text size="sm" fw={550} component="h3">
        Most confused pairs
      </Text>
      {pairs.length === 0 && <Text size="sm">There are none.</Text>}
      <ol>
        {pairs.map(({ expected, predicted, count: size, of }) => (
          <li key={`${expected} ${predicted}`}>
            <button type="button" className={classes.pair} onClick={() => onOpen(expected, predicted)}>
              <span>
                {labels[expected]} <span className={shared.muted}>taken for</span> {labels[predicted]}
              </span>
              <span className={shared.number}>
                {count(size)} of {count(of)}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}
