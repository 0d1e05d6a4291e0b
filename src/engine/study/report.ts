/** The table of a study from its arms' answers: scores, paired differences to the reference, and ties. */
import { armNames } from '../arms/specs';
import { mcnemar, pairedInterval, rowsNeeded } from '../core/paired';
import { SIGNIFICANT } from '../core/report';
import {
  type ArmReport,
  type Pair,
  type StudyConfig,
  type StudyReport,
  type StudyRows,
  type Versus,
  withHolm,
} from '../core/study';
import type { PreparedData } from '../pipeline/prepare';
import { trainCounts } from '../pipeline/report';
import type { ArmFile } from './artifacts';

/** The arms' rows of the table with what depends on the other arms filled in. */
export function withComparisons(
  files: readonly ArmFile[],
  expected: readonly number[],
  { arms, reference }: Pick<StudyConfig, 'arms' | 'reference'>,
): ArmReport[] {
  const names = armNames(arms);
  return withHolm(
    files.map(({ report, predicted }) => {
      const pairs: Record<string, Pair> = predicted ? pairsOf(report.id, predicted, files, expected) : {};
      const against = pairs[reference];
      return {
        ...report,
        label: names[report.id] ?? report.label,
        versus: against ? versusOf(reference, against) : null,
        ties: Object.keys(pairs).filter((id) => testOf(pairs[id] as Pair) >= SIGNIFICANT),
        pairs,
      };
    }),
  );
}

const testOf = ({ ahead, behind }: Pair): number => mcnemar(ahead, behind);

function versusOf(id: string, pair: Pair): Versus {
  const { n, ahead, behind } = pair;
  const delta = (ahead - behind) / Math.max(1, n);
  const p = testOf(pair);
  return {
    ...{ id, n, delta, ci95: pairedInterval(ahead, behind, n), p, p_holm: p },
    ...{ fixed: ahead, broken: behind },
    rows_needed: rowsNeeded(ahead, behind, n),
  };
}

/** Counts against each other arm that answered, on the rows that both were asked. */
function pairsOf(
  id: string,
  predicted: NonNullable<ArmFile['predicted']>,
  files: readonly ArmFile[],
  expected: readonly number[],
): Record<string, Pair> {
  const others = files.filter((file) => file.report.id !== id && file.predicted !== null);
  return Object.fromEntries(
    others.map(({ report, predicted: other }) => {
      const pair = { n: 0, ahead: 0, behind: 0 };
      expected.forEach((truth, row) => {
        const [mine, theirs] = [predicted[row] ?? null, other?.[row] ?? null];
        if (mine === null || theirs === null) return;
        pair.n += 1;
        if (mine === truth && theirs !== truth) pair.ahead += 1;
        if (theirs === truth && mine !== truth) pair.behind += 1;
      });
      return [report.id, pair];
    }),
  );
}

export function studyData({ dataset, splits, truncated, ...rest }: PreparedData): StudyReport['data'] {
  return {
    rows: dataset.rows,
    kept: dataset.kept,
    left_out: dataset.leftOut,
    rejected: dataset.rejected.length,
    splits: {
      train: splits.train.examples.length,
      validation: splits.validation.examples.length,
      test: splits.test.examples.length,
    },
    classes: [...dataset.classes],
    class_counts: [...dataset.classCounts],
    train_counts: trainCounts({ dataset, splits, truncated, ...rest }),
    truncated,
  };
}

/** Every arm's answer to every test row. */
export function studyRows(data: PreparedData, files: readonly ArmFile[]): StudyRows {
  const { examples, rows } = data.splits.test;
  return {
    classes: [...data.dataset.classes],
    rows: examples.map(({ line, text }, i) => ({
      line,
      text,
      expected: rows.labels[i] as number,
      answers: Object.fromEntries(
        files.flatMap(({ report, predicted, confidence }) => {
          const answer = predicted?.[i] ?? null;
          return answer === null
            ? []
            : [[report.id, { predicted: answer, confidence: confidence?.[i] ?? null }]];
        }),
      ),
    })),
  };
}
