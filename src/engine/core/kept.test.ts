import { expect, test } from 'vitest';
import { z } from 'zod';
import { createKept, type Kept } from './kept';
import { memoryStorage, type Storage } from './storage';

const PATH = 'machine/numbers.json';

function open(storage: Storage, version = 1): Kept<number> {
  return createKept(storage, { path: PATH, version, value: z.number(), most: 2 });
}

test('outlives whoever measured it, newest first to stay', async () => {
  const storage = memoryStorage();
  await open(storage).put('a', 1);
  await open(storage).put('b', 2);
  await open(storage).put('a', 3);
  await open(storage).put('c', 4);
  const kept = open(storage);
  expect([await kept.get('a'), await kept.get('b'), await kept.get('c')]).toEqual([3, null, 4]);
});

test('of another version, or damaged, is as if it had never been measured', async () => {
  const storage = memoryStorage();
  await open(storage).put('a', 1);
  expect(await open(storage, 2).get('a')).toBeNull();
  for (const text of ['{', '{"version":1,"entries":[{"key":"a","value":"1"}]}']) {
    await storage.write(PATH, new TextEncoder().encode(text));
    expect(await open(storage).get('a')).toBeNull();
  }
  await open(storage).put('a', 5);
  expect(await open(storage).get('a')).toBe(5);
});

test('a full disk keeps nothing and stops nobody', async () => {
  const kept = open(memoryStorage(1));
  await kept.put('a', 1);
  expect(await kept.get('a')).toBeNull();
});
