/** The memory store keeps what the interface promises: whole files, folders by prefix, an honest limit. */
import { describe, expect, test } from 'vitest';
import { memoryStorage } from './storage';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('memory storage', () => {
  test('gives back copies: neither side changes the other', async () => {
    const storage = memoryStorage();
    const given = bytes(1, 2);
    await storage.write('a/b', given);
    given[0] = 9;
    const read = await storage.read('a/b');
    expect(read).toEqual(bytes(1, 2));
    if (read) read[1] = 9;
    expect(await storage.read('a/b')).toEqual(bytes(1, 2));
    expect(await storage.read('a')).toBeUndefined();
  });

  test('lists names directly under a folder and sums what lies beneath', async () => {
    const storage = memoryStorage();
    await storage.write('runs/1/report', bytes(1));
    await storage.write('runs/1/weights', bytes(1, 2));
    await storage.write('runs/10/report', bytes(1, 2, 3));
    expect(await storage.list('runs')).toEqual(['1', '10']);
    expect(await storage.list('runs/1')).toEqual(['report', 'weights']);
    expect(await storage.list('nothing')).toEqual([]);
    expect(await storage.size('runs/1')).toBe(3);
    expect(await storage.size('runs')).toBe(6);
  });

  test('removes a folder and not its namesakes', async () => {
    const storage = memoryStorage();
    await storage.write('runs/1/report', bytes(1));
    await storage.write('runs/10/report', bytes(1));
    await storage.remove('runs/1');
    await storage.remove('runs/2');
    expect(await storage.list('runs')).toEqual(['10']);
  });

  test('refuses what does not fit and keeps what it has; replacing counts once', async () => {
    const storage = memoryStorage(4);
    await storage.write('a', bytes(1, 2, 3));
    await expect(storage.write('b', bytes(1, 2))).rejects.toMatchObject({ code: 'storage-full' });
    await expect(storage.write('a', bytes(1, 2, 3, 4, 5))).rejects.toMatchObject({ code: 'storage-full' });
    expect(await storage.read('a')).toEqual(bytes(1, 2, 3));
    await storage.write('a', bytes(1, 2, 3, 4));
    expect(await storage.read('a')).toEqual(bytes(1, 2, 3, 4));
  });
});
