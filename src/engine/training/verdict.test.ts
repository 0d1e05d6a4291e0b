import { describe, expect, test } from 'vitest';
import { random } from '../core/random';
import { type Evaluation, type RunSoFar, verdictOf } from './verdict';

/** Bitmaps in which the first `accuracy * rows` rows are right. */
function bitmap(accuracy: number, rows: number): Uint8Array {
  return Uint8Array.from({ length: rows }, (_, row) => (row < Math.round(accuracy * rows) ? 1 : 0));
}

interface Curve {
  accuracy: number[];
  train?: number[];
  validation?: number[];
  trainAccuracy?: number[];
}

/** Checks 10 steps apart; unless given, training loss falls and validation loss stays. Best = most accurate. */
function historyOf(curve: Curve, rows: number): Evaluation[] {
  let top = -1;
  return curve.accuracy.map((accuracy, i) => {
    const best = accuracy > top;
    top = Math.max(top, accuracy);
    const seen = curve.trainAccuracy?.[i];
    return {
      step: (i + 1) * 10,
      trainLoss: curve.train?.[i] ?? 1 / (i + 1),
      validationLoss: curve.validation?.[i] ?? 0.5,
      ...(seen === undefined ? {} : { trainAccuracy: seen }),
      correct: bitmap(accuracy, rows),
      best,
    };
  });
}

function runOf(evaluations: Evaluation[], changes: Partial<RunSoFar> = {}): RunSoFar {
  return { evaluations, totalSteps: 200, classes: 4, majorityShare: 0.3, finished: false, ...changes };
}

describe('one curve per verdict', () => {
  test('learning', () => {
    const verdict = verdictOf(runOf(historyOf({ accuracy: [0.4, 0.6, 0.75, 0.8] }, 200)));
    expect(verdict).toEqual({
      code: 'learning',
      since: 10,
      message: 'It is learning: right on 80.0 % of 200 validation rows, up from 40.0 % at the first check.',
      advice: '',
    });
  });

  test('memorising: from the first of three worse checks in a row', () => {
    const history = historyOf({ accuracy: [0.6, 0.85, 0.84, 0.8, 0.79, 0.78] }, 200);
    expect(verdictOf(runOf(history.slice(0, 5))).code).toBe('learning');
    const verdict = verdictOf(runOf(history));
    expect(verdict.code).toBe('memorising');
    expect(verdict.since).toBe(40);
    expect(verdict.message).toBe(
      'It has started to memorise: it gets better on rows it has seen and worse on others ' +
        '(right on 85.0 % of 200 validation rows at its best, 78.0 % now). ' +
        'The best point was step 20; that one is kept.',
    );
  });

  test('a drop while the training loss rises is not memorising', () => {
    const curve = { accuracy: [0.6, 0.85, 0.8, 0.79, 0.78], train: [0.5, 0.3, 0.6, 0.6, 0.6] };
    expect(verdictOf(runOf(historyOf(curve, 200))).code).toBe('learning');
  });

  test('a real drop of less than a point is not memorising', () => {
    const curve = { accuracy: [0.9, 0.948, 0.939, 0.939, 0.939] };
    expect(verdictOf(runOf(historyOf(curve, 7600))).code).toBe('learning');
  });

  test('over-confident: the loss rises, the answers stay', () => {
    const curve = { accuracy: [0.8, 0.85, 0.85, 0.84], validation: [0.5, 0.4, 0.45, 0.5] };
    const history = historyOf(curve, 200);
    expect(verdictOf(runOf(history.slice(0, 3))).code).toBe('learning');
    const verdict = verdictOf(runOf(history));
    expect(verdict).toMatchObject({ code: 'over-confident', since: 30 });
    expect(verdict.message).toContain('rose from 0.400 to 0.500');
    expect(verdict.message).toContain('step 20; that one is kept');
  });

  test('a rise within a tiny loss is not over-confidence', () => {
    const curve = { accuracy: [1, 1, 1, 1], validation: [0.01, 0.012, 0.013, 0.014] };
    expect(verdictOf(runOf(historyOf(curve, 200))).code).toBe('learning');
  });

  test('under-fitting: late, and not above the baseline on the training rows', () => {
    const curve = { accuracy: Array(12).fill(0.31), trainAccuracy: Array(12).fill(0.33) };
    const history = historyOf(curve, 200);
    expect(verdictOf(runOf(history.slice(0, 9))).code).toBe('learning');
    const verdict = verdictOf(runOf(history));
    expect(verdict).toMatchObject({ code: 'under-fitting', since: 10 });
    expect(verdict.message).toBe(
      'It has hardly learned: right on 33.0 % of the rows it trains on, where always giving the most common label would be right on 30.0 %.',
    );
  });

  test('diverged: not a number', () => {
    const curve = { accuracy: [0.5, 0.6, 0.3, 0.3], train: [1, 0.8, Number.NaN, Number.NaN] };
    const verdict = verdictOf(runOf(historyOf(curve, 200)));
    expect(verdict).toMatchObject({ code: 'diverged', since: 30 });
    expect(verdict.message).toContain('no longer a number');
    expect(verdict.message).toContain('step 20; that one is kept');
  });

  test('diverged: four times the best training loss, but not within a loss close to zero', () => {
    const burst = { accuracy: [0.6, 0.6, 0.3], train: [0.9, 0.6, 2.6] };
    expect(verdictOf(runOf(historyOf(burst, 200)))).toMatchObject({ code: 'diverged', since: 30 });
    const calm = { accuracy: [0.9, 0.9, 0.9], train: [0.01, 0.001, 0.05] };
    expect(verdictOf(runOf(historyOf(calm, 200))).code).toBe('learning');
  });

  test('no signal: finished and not above the majority class', () => {
    const history = historyOf({ accuracy: [0.3, 0.32, 0.31], trainAccuracy: [0.5, 0.8, 0.99] }, 200);
    expect(verdictOf(runOf(history)).code).toBe('learning');
    const verdict = verdictOf(runOf(history, { finished: true }));
    expect(verdict).toMatchObject({ code: 'no-signal', since: 10 });
    expect(verdict.message).toContain('right on 32.0 % of 200 validation rows; always giving');
  });

  test('cannot tell: a drop on few rows, with the number that would be needed', () => {
    const history = historyOf({ accuracy: [0.6, 0.84, 0.8, 0.78, 0.78] }, 50);
    const verdict = verdictOf(runOf(history));
    expect(verdict).toMatchObject({ code: 'cannot-tell', since: 30 });
    expect(verdict.message).toContain('With 50 validation rows it cannot be told');
    /** psi = d = 3/50: (2.3263 sqrt(0.06) + 0.8416 sqrt(0.06 - 0.0036))^2 / 0.0036. */
    expect(verdict.message).toContain('About 165 rows would be needed.');
  });

  test('cannot tell: a small lead over the majority class on few rows', () => {
    const history = historyOf({ accuracy: [0.3, 0.375, 0.35] }, 40);
    const verdict = verdictOf(runOf(history, { finished: true }));
    expect(verdict.code).toBe('cannot-tell');
    expect(verdict.message).toContain('about 150 would be needed');
  });

  test('nothing checked yet', () => {
    expect(verdictOf(runOf([])).code).toBe('learning');
  });
});

test('the AG News log: over-confident from epoch 4, never memorising', () => {
  /** trust.md 2.1 (DistilBERT, 20 epochs, n = 7,600); epochs it does not quote are interpolated. */
  const validation = [0.187, 0.19, 0.2, 0.246, 0.31, 0.378, 0.43, 0.476, 0.49, 0.51, 0.52, 0.54, 0.55];
  while (validation.length < 20) validation.push(validation.length === 19 ? 0.637 : 0.6);
  const accuracy = [
    0.9408, 0.945, 0.944, 0.946, 0.947, 0.948, 0.939, 0.943, 0.942, 0.945, 0.944, 0.94, 0.945, 0.946, 0.944,
    0.943, 0.945, 0.944, 0.945, 0.945,
  ];
  const history = historyOf({ accuracy, validation }, 7600);
  const codes = history.map((_, i) => verdictOf(runOf(history.slice(0, i + 1))).code);
  expect(codes.slice(0, 4)).toEqual(['learning', 'learning', 'learning', 'learning']);
  expect(new Set(codes.slice(4))).toEqual(new Set(['over-confident']));
  expect(verdictOf(runOf(history)).since).toBe(40);
});

const ACCURACY = 0.9;

/**
 * Twenty checks of `rows` rows, accuracy 0.9. A share `wobble` of the rows is answered by chance at every check,
 * the others stay as they are. With `decay`, that share of all rows turns from right to wrong one after another.
 *
 * At accuracy 0.9 the power on 200 wholly wobbly rows is 0.94; at 0.85 it is 0.88 (0.99 and more with 30 % wobble).
 */
function simulate(rows: number, wobble: number, decay: number, seed: number): Evaluation[] {
  const draw = random(seed, `verdict/${rows}/${wobble}/${decay}`);
  const wobbly = Uint8Array.from({ length: rows }, () => (draw.float() < wobble ? 1 : 0));
  const steady = Uint8Array.from({ length: rows }, () => (draw.float() < ACCURACY ? 1 : 0));
  /** The check at which a row is lost for good; ACCURACY of the rows are right, so decay / ACCURACY of them go. */
  const lostAt = Float64Array.from({ length: rows }, () =>
    draw.float() < decay / ACCURACY ? draw.float() * 19 : Number.POSITIVE_INFINITY,
  );
  let top = -1;
  return Array.from({ length: 20 }, (_, check) => {
    let right = 0;
    const correct = Uint8Array.from({ length: rows }, (_, row) => {
      if (check >= (lostAt[row] ?? 0)) return 0;
      const one = wobbly[row] === 1 ? (draw.float() < ACCURACY ? 1 : 0) : (steady[row] ?? 0);
      right += one;
      return one;
    });
    const best = right > top;
    top = Math.max(top, right);
    return { step: check + 1, trainLoss: 1 / (check + 1), validationLoss: 0.5, correct, best };
  });
}

/** Share of runs that are ever called memorising. */
function alarms(rows: number, wobble: number, decay: number, runs: number): number {
  let alarmed = 0;
  for (let seed = 0; seed < runs; seed++) {
    const history = simulate(rows, wobble, decay, seed);
    const ever = history.some(
      (_, i) => i >= 2 && verdictOf(runOf(history.slice(0, i + 1))).code === 'memorising',
    );
    if (ever) alarmed += 1;
  }
  return alarmed / runs;
}

describe('memorising is neither cried out falsely nor missed', () => {
  const settings = [50, 200, 1000].flatMap((rows) => [0.1, 0.3, 1].map((wobble) => [rows, wobble] as const));

  test.each(settings)('flat run, %i rows, %f of them wobbly: at most 1 in 20 alarmed', (rows, wobble) => {
    expect(alarms(rows, wobble, 0, 500)).toBeLessThanOrEqual(0.05);
  });

  test.each(settings.filter(([rows]) => rows >= 200))(
    'slow decay of 13 points, %i rows, %f of them wobbly: found in 9 of 10',
    (rows, wobble) => {
      expect(alarms(rows, wobble, 0.13, 300)).toBeGreaterThanOrEqual(0.9);
    },
  );
});
