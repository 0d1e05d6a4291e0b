import { expect, test } from 'vitest';
import { armOf, studyOf } from '../testing/testReports';
import { comparisonTable } from './comparisonTable';

const arms = [
  armOf('majority', 100),
  armOf('few-shot', 150),
  armOf('zero-shot', 120),
  armOf('lora', 180, { trainable_parameters: 227_000, train_s: 75, bytes: 908_000, latency_ms: 6.25 }),
  armOf('full', 181, { trainable_parameters: 22_700_000, train_s: 200, bytes: 90_800_000 }),
];

test('the best finished arm of each family, with its figures', () => {
  const { columns, rows } = comparisonTable(studyOf(arms));
  expect(columns.map(({ family, arm }) => [family, arm])).toEqual([
    ['prompting', 'few-shot'],
    ['adapter', 'lora'],
    ['full', 'full'],
  ]);
  const cells = Object.fromEntries(rows.map(({ aspect, cells: own }) => [aspect, own]));
  expect(cells['Right on']?.[0]).toBe('75.0 % of 200 test rows');
  expect(cells['Weights changed']).toEqual([
    'None',
    '227 thousand (1 % of the model’s)',
    '22.7 million (100 % of the model’s)',
  ]);
  expect(cells['Cost to train']).toEqual(['None', '1 min 15 s', '3 min 20 s']);
  expect(cells['Cost per answer']?.[1]).toBe('6.25 ms, 20 tokens');
  expect(cells.Stability?.[0]).toMatch(/^68\.\d % to 80\.\d % \(95 %, test rows\)$/);
  for (const { cells: own } of rows) expect(own).toHaveLength(3);
});

test('stability is the spread over the largest size drawn more than once', () => {
  const draws = (...accuracies: number[]) =>
    accuracies.map((accuracy, seed) => ({ seed, accuracy, macro_f1: accuracy }));
  const { rows } = comparisonTable(
    studyOf(arms, {
      learning_curve: [
        { arm: 'lora', rows: 30, draws: draws(0.5, 0.6) },
        { arm: 'lora', rows: 100, draws: draws(0.71, 0.75, 0.7) },
        { arm: 'lora', rows: 700, draws: draws(0.9) },
      ],
    }),
  );
  expect(rows.find(({ aspect }) => aspect === 'Stability')?.cells[1]).toBe(
    '70.0 % to 75.0 % over 3 draws of 100 rows',
  );
});
