/** Whole trainings against PyTorch, transformers and peft: reference/golden_training.py and golden_methods.py. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../backend/start';
import further from '../golden/methods.json';
import golden from '../golden/training.json';
import { disposeModel, type LoadedModel } from '../model/load';
import { deviationOf, follow, startOf } from '../testing/testGolden';
import { builtInModel, rowsOf, WASM } from '../testing/testModels';
import { drain, predictRows, type Rows, subsetRows } from './rows';

/** Shares of PyTorch's value; measured were at most 3e-6 and 9e-5. Ten times as much is an error in the maths. */
const LOSS = 1e-4;
const NORM = 1e-3;
const CHANGE = 1e-3;
/** Of single weights; measured was at most 7e-8. */
const VALUE = 1e-6;
/** Tokens that make a text long. */
const LONG = 24;

let base: LoadedModel;
let rows: Rows;

beforeAll(async () => {
  await startBackend({ choice: 'wasm', wasm: WASM });
  base = await builtInModel();
  rows = rowsOf(base, golden.rows, golden.max_length);
});

afterAll(() => disposeModel(base));

/**
 * A batch in two parts of similar lengths, which the step weighs into the same gradient at half the padding: the
 * time of this file.
 */
function byLength(batch: readonly number[]): number[][] {
  const isLong = (row: number): boolean => (rows.texts[row]?.ids.length ?? 0) > LONG;
  return [batch.filter(isLong), batch.filter((row) => !isLong(row))].filter((part) => part.length > 0);
}

describe('follows PyTorch', () => {
  test.each([...golden.runs, ...further.runs])('$name', { timeout: 300_000 }, async (run) => {
    const { model, start } = await startOf(base, run, golden.labels.length);
    const trained = [...model.trainable.values()].reduce((sum, { variable }) => sum + variable.size, 0);
    expect(trained).toBe(run.trained_values);

    const { accumulation } = run;
    const taken = await follow(model, run, rows, (step) =>
      golden.batches.slice(step * accumulation, (step + 1) * accumulation).flatMap(byLength),
    );
    const deviation = deviationOf(run, taken, start, await model.read());
    expect(deviation.loss).toBeLessThan(LOSS);
    expect(deviation.norm).toBeLessThan(NORM);
    expect(deviation.change).toBeLessThan(CHANGE);
    expect(deviation.value).toBeLessThan(VALUE);
    expect(deviation.rate).toBeLessThan(1e-12);

    const first = subsetRows(rows, golden.batches[0] ?? []);
    const probabilities = await drain(predictRows(model, first));
    const finalLoss =
      probabilities.reduce((sum, row, i) => sum - Math.log(row[first.labels[i] as number] as number), 0) /
      first.labels.length;
    expect(Math.abs(finalLoss / run.final_loss_of_batch_0 - 1)).toBeLessThan(LOSS);
    model.dispose();
  });
});
