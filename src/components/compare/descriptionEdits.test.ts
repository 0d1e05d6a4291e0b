import { expect, test } from 'vitest';
import { cleanDescriptions, isDescribed } from './descriptionEdits';

test('a label counts as described only by words of its own', () => {
  const labels = ['refund', 'invoice'];
  expect(isDescribed(labels, {})).toBe(false);
  expect(isDescribed(labels, { refund: '  ', gone: 'a label of other data' })).toBe(false);
  expect(isDescribed(labels, { invoice: 'asks about a bill' })).toBe(true);
  expect(cleanDescriptions(labels, { refund: '  ', invoice: ' asks about a bill ' })).toEqual({
    invoice: 'asks about a bill',
  });
});
