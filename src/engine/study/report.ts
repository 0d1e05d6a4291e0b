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

function versusOf(
  id: string,
  expected: readonly number[],
  predicted: readonly number[],
  against: readonly number[],
  classes: number,
  seed: number,
): Versus {
  const { delta, ci95, mcnemar_p, fixed, broken } = compare(
    expected,
    { predicted },
    { predicted: against },
    classes,
    seed,
  );
  const needed = rowsToTellApart((fixed + broken) / Math.max(1, expected.length), delta);
  const apart = mcnemar_p < SIGNIFICANT || !Number.isFinite(needed);
  return { id, delta, ci95, p: mcnemar_p, fixed, broken, rows_needed: apart ? null : needed };
}

function tiesOf(
  id: string,
  predicted: readonly number[],
  files: readonly ArmFile[],
  expected: readonly number[],
): string[] {
  return files.flatMap(({ report, predicted: other }) => {
    if (report.id === id || !other) return [];
    let [ahead, behind] = [0, 0];
    expected.forEach((truth, row) => {
      const [mine, theirs] = [predicted[row] === truth, other[row] === truth];
      if (mine && !theirs) ahead += 1;
      if (theirs && !mine) behind += 1;
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
        files.flatMap(({ report, predicted, confidence }) =>
          predicted
            ? [[report.id, { predicted: predicted[i] ?? -1, confidence: confidence?.[i] ?? null }]]
            : [],
        ),
      ),
    })),
  };
}
