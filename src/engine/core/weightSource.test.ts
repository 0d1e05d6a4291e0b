/** Weights in one file or several, read a tensor at a time. */
import { describe, expect, test } from 'vitest';
import { float32Entry, type TensorEntry, writeSafetensors } from './safetensors';
import { type ByteSource, inMemory, safetensorsSource, shardedSource } from './weightSource';

const a = float32Entry([2, 2], Float32Array.of(1, 2, 3, 4));
const b = float32Entry([3], Float32Array.of(5, 6, 7));
const steps: TensorEntry = { dtype: 'I8', shape: [2, 2], data: Uint8Array.of(1, 2, 3, 255) };
const factors = float32Entry([2], Float32Array.of(0.5, 2));

/** What is read of a file, piece by piece. */
function watched(file: Uint8Array): { source: ByteSource; read: number[] } {
  const read: number[] = [];
  const whole = inMemory(file);
  return {
    source: {
      bytes: whole.bytes,
      read: (begin, end) => {
        read.push(end - begin);
        return whole.read(begin, end);
      },
    },
    read,
  };
}

test('reads the header, then no more than is asked for', async () => {
  const file = writeSafetensors(new Map([['a', a], ['b', b]])); // biome-ignore format: two tensors
  const { source, read } = watched(file);
  const weights = await safetensorsSource(source);
  expect([...weights.tensors.keys()].sort()).toEqual(['a', 'b']);
  const headerReads = read.length;
  const { shape, data } = await weights.read('b');
  expect([shape, [...data]]).toEqual([[3], [5, 6, 7]]);
  expect(read.slice(headerReads)).toEqual([12]);
});

test('int8 weights come with their factors', async () => {
  const file = writeSafetensors(new Map([['w', steps], ['w.scale', factors]])); // biome-ignore format: two tensors
  const weights = await safetensorsSource(inMemory(file));
  expect([...(await weights.read('w')).data]).toEqual([0.5, 1, 6, -2]);
});

test.each([
  ['nothing', new Uint8Array(), /fewer than its own header/],
  ['a header that claims too much', Uint8Array.of(99, 0, 0, 0, 0, 0, 0, 0), /claims 99 bytes, 0 follow/],
])('refuses %s', async (_, file, message) => {
  await expect(safetensorsSource(inMemory(file))).rejects.toMatchObject({
    code: 'bad-safetensors',
    message: expect.stringMatching(message),
  });
});

describe('in several files', () => {
  const files: Record<string, Uint8Array> = {
    'one.safetensors': writeSafetensors(new Map([['a', a]])),
    'two.safetensors': writeSafetensors(new Map([['b', b]])),
  };
  const open = (name: string) => safetensorsSource(inMemory(files[name] as Uint8Array));

  test('each tensor comes from its own', async () => {
    const index = { weight_map: { a: 'one.safetensors', b: 'two.safetensors' } };
    const weights = await shardedSource(index, open);
    expect([...weights.tensors.keys()]).toEqual(['a', 'b']);
    expect([...(await weights.read('a')).data]).toEqual([1, 2, 3, 4]);
    expect([...(await weights.read('b')).data]).toEqual([5, 6, 7]);
    await expect(weights.read('c')).rejects.toThrow('“c”: it is missing');
  });

  test.each([
    ['an index without places', {}, /no “weight_map”/],
    [
      'a tensor that its file has not',
      { weight_map: { b: 'one.safetensors' } },
      /places b in one\.safetensors/,
    ],
  ])('refuses %s', async (_, index, message) => {
    await expect(shardedSource(index, open)).rejects.toMatchObject({
      code: 'bad-model-weights',
      message: expect.stringMatching(message),
    });
  });
});
