import { expect, test } from 'vitest';
import { hubOrigin, PUBLIC_HUB, readReference, storesOf } from './hub';

test.each([
  ['https://huggingface.co/', 'https://huggingface.co'],
  [' https://hub.example.com ', 'https://hub.example.com'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['http://mirror.local', 'http://mirror.local'],
])('the hub at %s', (typed, origin) => {
  expect(hubOrigin(typed)).toBe(origin);
});

test.each([
  'huggingface.co',
  'http://hub.example.com',
  'https://user:pass@hub.example.com',
  'https://hub.example.com/models',
  'https://hub.example.com/?x=1',
  'file:///models',
])('%s is no hub', (typed) => {
  expect(() => hubOrigin(typed)).toThrow(expect.objectContaining({ code: 'bad-address' }));
});

test('only the public hub may send on to its file stores', () => {
  expect(storesOf(PUBLIC_HUB)).toEqual(['https://*.hf.co']);
  expect(storesOf('https://hub.example.com')).toEqual([]);
});

test.each([
  ['owner/name', { repo: 'owner/name', revision: null }],
  ['owner/name@v1.0', { repo: 'owner/name', revision: 'v1.0' }],
  ['https://huggingface.co/owner/name', { repo: 'owner/name', revision: null }],
  ['https://huggingface.co/gpt2', { repo: 'gpt2', revision: null }],
  ['https://huggingface.co/owner/name/tree/abc123', { repo: 'owner/name', revision: 'abc123' }],
  ['https://huggingface.co/owner/name/blob/main/README.md', { repo: 'owner/name', revision: 'main' }],
  ['https://elsewhere.example/owner/name', null],
  ['https://huggingface.co/datasets/owner/name', null],
  ['sentence embeddings', null],
  ['bert', null],
  ['../../etc', null],
  ['owner/name@a b', null],
])('%s', (text, wanted) => {
  expect(readReference(text, PUBLIC_HUB)).toEqual(wanted);
});
