import { describe, expect, it } from 'vitest';
import type { StudyRows, Versus } from '../../engine/core/study';
import { armReport, studyReport } from '../../engine/testing/testStudy';
import { EMPTY_SETUP } from '../../state/studySetup';
import { FIRST_SORTING, pressed, sorted } from './columns';
import { COSTS, type Cost, costFinding, costPoints, worthTaking } from './costData';
import { meansByArm } from './curvePoints';
import { learningFinding } from './learningFinding';
import { parseSizes } from './sizes';
import { ALL_ROWS, countDiffering, selectRows } from './studyRows';
import { finding, money, namesOf, tieSentence, trainTime, versusRange } from './studyText';
import { consentProblem, setupProblem } from './useStudyBlockedBy';

const versus = (changes: Partial<Versus> = {}): Versus => ({
  ...{ id: 'zero-shot', delta: 0.05, ci95: [-0.02, 0.12], n: 120, p: 0.3, p_holm: 0.3 },
  ...{ fixed: 9, broken: 3, rows_needed: 337 },
  ...changes,
});
const REPORT = studyReport([
  armReport('majority', 0.2),
  armReport('zero-shot', 0.6, { latency_ms: 4, prompt_tokens: 20 }),
  armReport('lora', 0, { status: 'failed', error: { code: 'x', message: 'No.' } }),
  armReport('head', 0.8, {
    versus: versus({ p: 0.01 }),
    train_s: 2,
    trainable_parameters: 800,
    ties: ['lora'],
  }),
]);
const NAMES = namesOf(REPORT);

describe('what the table says', () => {
  it('names the best, and what cannot be told from it', () => {
    expect(finding(REPORT)).toBe(
      'Head only is right on 80.0 % of 120 test rows, more than every other way, and told apart from each taken alone',
    );
    const tied = studyReport([armReport('zero-shot', 0.78), armReport('head', 0.8, { ties: ['zero-shot'] })]);
    expect(finding(tied)).toContain('Prompt: label descriptions cannot be told from it');
    expect(finding(studyReport([]))).toBe('No way has answered yet');
  });

  it('calls a tie a tie, with the rows that would settle it', () => {
    expect(tieSentence({ versus: versus() }, NAMES)).toBe(
      'not distinguishable from Prompt: label descriptions on 120 rows; about 340 would be needed',
    );
    expect(tieSentence({ versus: versus({ rows_needed: 5e5 }) }, NAMES)).toContain('too small to matter');
    expect(tieSentence({ versus: versus({ rows_needed: null, delta: 0, p: 1 }) }, NAMES)).toContain(
      'right as often as',
    );
    const alone = { p: 0.01, rows_needed: null };
    expect(tieSentence({ versus: versus({ ...alone, p_holm: 0.04 }) }, NAMES)).toBeNull();
    expect(tieSentence({ versus: versus({ ...alone, p_holm: 0.07 }) }, NAMES)).toContain(
      'so many comparisons',
    );
    expect(versusRange(versus({ ...alone, p_holm: 0.07 }))).toContain('p = 0.070 (Holm)');
  });

  it('writes money and times as people do', () => {
    expect([0, 0.00024, 0.0304, 12.345].map(money)).toEqual(['0', '0.00024', '0.0304', '12.3']);
    expect([0, 2.345, 200].map(trainTime)).toEqual(['none', '2.35 s', '3 min 20 s']);
  });

  it('sorts by any column, with what was not measured or answered last', () => {
    const ids = (column: Parameters<typeof pressed>[1], descending: boolean) =>
      sorted(REPORT.arms, { column, descending }, NAMES, 1).map(({ id }) => id);
    expect(ids('accuracy', true)).toEqual(['head', 'zero-shot', 'majority', 'lora']);
    expect(ids('latency', true)).toEqual(['zero-shot', 'majority', 'head', 'lora']);
    expect(ids('latency', false)).toEqual(['zero-shot', 'majority', 'head', 'lora']);
    expect(ids('name', false).at(-1)).toBe('lora');
    expect(pressed(FIRST_SORTING, 'accuracy').descending).toBe(false);
    expect(pressed(FIRST_SORTING, 'train')).toEqual({ column: 'train', descending: false });
  });
});

describe('quality against cost', () => {
  const train = COSTS.find(({ id }) => id === 'train') as Cost;
  const latency = COSTS.find(({ id }) => id === 'latency') as Cost;

  it('leaves out what was not measured', () => {
    expect(costPoints(REPORT.arms, NAMES, latency, 1).map(({ key }) => key)).toEqual(['zero-shot']);
  });

  it('says what a higher cost buys, and nothing of ties', () => {
    const points = costPoints(REPORT.arms, NAMES, train, 1);
    // The majority costs as little as zero-shot and is worse.
    expect(worthTaking(points).map(({ key }) => key)).toEqual(['zero-shot', 'head']);
    expect(costFinding(points, train)).toBe(
      'More training time buys more: Prompt: label descriptions (60.0 %) and Head only (80.0 %)',
    );
    const tied = points.map((point) => ({ ...point, ties: point.key === 'zero-shot' ? ['head'] : [] }));
    expect(costFinding(tied, train)).toBe(
      'More training time buys nothing for certain over Prompt: label descriptions',
    );
  });
});

it('the learning curve’s title speaks of the way advised', () => {
  const gain = { gain: 0.03, ci95: [0.01, 0.05] as [number, number], message: '' };
  const more_data = [
    { ...gain, arm: 'zero-shot', verdict: 'yes' as const },
    { ...gain, arm: 'head', verdict: 'no' as const },
  ];
  const advice = [{ kind: 'excessive' as const, text: '', because: '', at: 'arm-head' }];
  expect(learningFinding({ ...REPORT, more_data, advice }, NAMES)).toBe(
    'More rows would hardly help Head only',
  );
  expect(learningFinding({ ...REPORT, more_data, advice: [] }, NAMES)).toBe('Would more rows help?');
});

it('a point of the learning curve is the mean of its draws, in order of rows', () => {
  const draws = (...scores: number[]) =>
    scores.map((accuracy, seed) => ({ seed, accuracy, macro_f1: accuracy }));
  const means = meansByArm([
    { arm: 'head', rows: 100, draws: draws(0.7) },
    { arm: 'head', rows: 10, draws: draws(0.4, 0.6) },
    { arm: 'lora', rows: 10, draws: [] },
  ]);
  expect([...means.keys()]).toEqual(['head']);
  expect(means.get('head')?.map(({ rows, mean, low, high }) => [rows, mean, low, high])).toEqual([
    [10, 0.5, 0.4, 0.6],
    [100, 0.7, 0.7, 0.7],
  ]);
});

describe('rows side by side', () => {
  const row = (line: number, text: string, expected: number, a: number, b: number) => ({
    ...{ line, text, expected },
    answers: {
      constant: { predicted: 0, confidence: null },
      a: { predicted: a, confidence: 0.9 },
      b: { predicted: b, confidence: null },
    },
  });
  const rows: StudyRows = {
    classes: ['yes', 'no'],
    rows: [row(2, 'agree', 1, 1, 1), row(3, 'differ', 1, 1, 0), row(4, 'other', 0, 0, 0)],
  };
  const keys = ['constant', 'a', 'b'];
  const lines = (query: Partial<typeof ALL_ROWS>) =>
    selectRows(rows, keys, { ...ALL_ROWS, ...query }).map(({ line }) => line);

  it('puts those first on which ways differ, one that always says the same aside', () => {
    expect(lines({})).toEqual([3, 2, 4]);
    expect(countDiffering(rows, keys)).toBe(1);
  });

  it('finds by text, by label, and by who is right and who is wrong', () => {
    expect(lines({ search: 'OTHER' })).toEqual([4]);
    expect(lines({ search: 'no' })).toEqual([3, 2]);
    expect(lines({ rightBy: 'a', wrongBy: 'b' })).toEqual([3]);
    expect(lines({ rightBy: 'a' })).toEqual([3, 2, 4]);
  });
});

it('sizes are read as people type them', () => {
  expect(parseSizes('100, 30 10;30')).toEqual([10, 30, 100]);
  expect(parseSizes('')).toBeNull();
  expect(parseSizes('1, 10')).toBeNull();
  expect(parseSizes('ten')).toBeNull();
});

it('says in words what keeps the ways from being compared', () => {
  expect(setupProblem(EMPTY_SETUP)).toBeNull();
  expect(setupProblem({ ...EMPTY_SETUP, on: ['head'] })).toBe('Choose at least two ways.');
  const settings = { 'few-shot': { shots: 0 } };
  expect(setupProblem({ ...EMPTY_SETUP, settings })).toContain('settings of Prompt: a few examples');
});

it('lets no way send rows before somebody agreed, nor outside while they must stay inside', () => {
  const setup = { ...EMPTY_SETUP, on: ['head', 'endpoint'] };
  const { config } = studyReport([]);
  const elsewhere = { key: 'endpoint', arm: 'endpoint', settings: {}, training: {} };
  expect(consentProblem({ ...config, arms: [...config.arms, elsewhere] }, {})).toContain(
    'Agree to where Prompt: another model sends rows',
  );
  expect(consentProblem(config, {})).toBeNull();
  const situation = { changes: 'rarely', rowsPerDay: 0, stayInside: true, maxLatencyMs: null } as const;
  expect(setupProblem({ ...setup, situation })).toBeNull();
  const settings = { endpoint: { address: 'https://example.org/v1' } };
  expect(setupProblem({ ...setup, situation, settings })).toContain('would send rows outside');
});
