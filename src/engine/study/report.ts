/** The table of a study from its arms' answers: scores, paired differences to the reference, and ties. */
import { mcnemar, rowsToTellApart } from '../core/paired';
import { SIGNIFICANT } from '../core/report';
import type { ArmReport, StudyConfig, StudyReport, StudyRows, Versus } from '../core/study';
import { compare } from '../evaluation/scores';
import type { PreparedData } from '../pipeline/prepare';
import { trainCounts } from '../pipeline/report';
import type { ArmFile } from './artifacts';

/** The arms' rows of the table with what depends on the other arms filled in. */
export function withComparisons(
  files: readonly ArmFile[],
  expected: readonly number[],
  classes: number,
  { reference, data }: Pick<StudyConfig, 'reference' | 'data'>,
): ArmReport[] {
  const against = files.find(({ report }) => report.id === reference)?.predicted;
  return files.map(({ report, predicted }) => ({
    ...report,
    versus:
      predicted && against && report.id !== reference
        ? versusOf(reference, expected, predicted, against, classes, data.split.seed)
        : null,
    ties: predicted ? tiesOf(report.id, predicted, files, expected) : [],
  }));
}

/** Class index by test row; null = not asked. */
type Predicted = readonly (number | null)[];

/** The rows that both were asked. */
function asked(expected: readonly number[], a: Predicted, b: Predicted): [number[], number[], number[]] {
  const rows = expected.flatMap((truth, row) => {
    const [mine, theirs] = [a[row] ?? null, b[row] ?? null];
    return mine === null || theirs === null ? [] : [[truth, mine, theirs] as const];
  });
  return [rows.map(([truth]) => truth), rows.map(([, mine]) => mine), rows.map(([, , theirs]) => theirs)];
}

function versusOf(
  id: string,
  expected: readonly number[],
  predicted: Predicted,
  against: Predicted,
  classes: number,
  seed: number,
): Versus {
  const [truths, mine, theirs] = asked(expected, predicted, against);
  const { delta, ci95, mcnemar_p, fixed, broken } = compare(
    truths,
    { predicted: mine },
    { predicted: theirs },
    classes,
    seed,
  );
  const needed = rowsToTellApart((fixed + broken) / Math.max(1, truths.length), delta);
  const apart = mcnemar_p < SIGNIFICANT || !Number.isFinite(needed);
  return { id, delta, ci95, p: mcnemar_p, fixed, broken, rows_needed: apart ? null : needed };
}

function tiesOf(
  id: string,
  predicted: Predicted,
  files: readonly ArmFile[],
  expected: readonly number[],
): string[] {
  return files.flatMap(({ report, predicted: other }) => {
    if (report.id === id || !other) return [];
    const [truths, mine, theirs] = asked(expected, predicted, other);
    let [ahead, behind] = [0, 0];
    truths.forEach((truth, row) => {
      if (mine[row] === truth && theirs[row] !== truth) ahead += 1;
      if (theirs[row] === truth && mine[row] !== truth) behind += 1;
    });
    return mcnemar(ahead, behind) >= SIGNIFICANT ? [report.id] : [];
  });
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
