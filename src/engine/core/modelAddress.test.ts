import { expect, test } from 'vitest';
import { isAddress, modelAddress } from './modelAddress';

test.each([
  [' https://example.com/a/our-bert ', 'https://example.com/a/our-bert'],
  ['https://example.com/a/config.json#top', 'https://example.com/a/'],
  ['https://example.com/a/b.zip?key=1', 'https://example.com/a/b.zip?key=1'],
  ['http://127.0.0.1:8000/m/', 'http://127.0.0.1:8000/m/'],
])('%j leads to %s', (typed, address) => {
  expect(modelAddress(typed)).toBe(address);
});

test.each(['', 'our-bert', 'ftp://example.com/a', 'http://example.com/a', 'https://me:pw@example.com/a'])(
  '%j is refused',
  (typed) => {
    expect(() => modelAddress(typed)).toThrow(expect.objectContaining({ code: 'bad-address' }));
  },
);

test('a name or a path is no address', () => {
  expect(['minilm-l6-en', './model.zip', 'C:\\model'].filter(isAddress)).toEqual([]);
  expect(isAddress('HTTPS://example.com')).toBe(true);
});
