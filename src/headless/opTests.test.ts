import { expect, test } from 'vitest';
import { compare } from '../../optests/compare';

test('a spec is worse when it passes with stock and fails, or does not run, with Hone', () => {
  const stock = new Map([
    ['both', null],
    ['lost', null],
    ['missing', null],
    ['neither', 'Expected 1 to equal 2.'],
    ['won', 'Error: no kernel'],
  ]);
  const hone = new Map([
    ['both', null],
    ['lost', 'Error: Unknown dtype complex64'],
    ['neither', 'Expected 1 to equal 3.'],
    ['won', null],
    ['new', null],
  ]);
  expect(compare(stock, hone)).toEqual({
    ran: 6,
    stockPassed: 3,
    honePassed: 3,
    worse: [
      { name: 'lost', why: 'Error: Unknown dtype complex64' },
      { name: 'missing', why: 'it did not run' },
    ],
    better: ['won', 'new'],
  });
});
