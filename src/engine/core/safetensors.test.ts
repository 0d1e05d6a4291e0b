import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EngineError } from './errors';
import {
  float32Entry,
  float32ToFloat16,
  readFloat32,
  readSafetensors,
  safetensorsBytes,
  type TensorEntry,
  toFloat32,
  writeSafetensors,
} from './safetensors';

/** A file from a header as written, with no check. */
function fileOf(header: string, data: number[] = []): Uint8Array {
  const json = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file;
}

function refusal(file: Uint8Array): EngineError {
  try {
    readSafetensors(file);
  } catch (thrown) {
    if (thrown instanceof EngineError) return thrown;
    throw thrown;
  }
  throw new Error('accepted');
}

function halves(values: number[]): TensorEntry {
  const bits = float32ToFloat16(Float32Array.from(values));
  return { dtype: 'F16', shape: [values.length], data: new Uint8Array(bits.buffer) };
}

describe('writing and reading', () => {
  test('returns names, shapes and values, in any mix of types', () => {
    const tensors = new Map<string, TensorEntry>([
      ['tiny', { dtype: 'I8', shape: [3], data: Uint8Array.of(1, 255, 3) }],
      ['layer.weight', float32Entry([2, 2], Float32Array.of(1, -2, 0.5, 1e-20))],
      ['scalar', float32Entry([], Float32Array.of(7))],
      ['none', float32Entry([0, 4], new Float32Array())],
      ['half', halves([1, -0.5])],
    ]);
    const back = readSafetensors(writeSafetensors(tensors, { format: 'pt' }));
    expect([...back.keys()].sort()).toEqual([...tensors.keys()].sort());
    expect(writeSafetensors(tensors, { format: 'pt' }).byteLength).toBe(
      safetensorsBytes(tensors, { format: 'pt' }),
    );
    for (const [name, entry] of tensors) {
      expect(back.get(name)?.shape).toEqual(entry.shape);
      expect([...(back.get(name)?.data ?? [])]).toEqual([...entry.data]);
    }
    expect([...readFloat32(back, 'layer.weight').data]).toEqual([1, -2, 0.5, Math.fround(1e-20)]);
  });

  test('writes the layout of the reference implementation: padded header, sorted, aligned', () => {
    const file = writeSafetensors(
      new Map([
        ['b', float32Entry([1], Float32Array.of(2))],
        ['a', float32Entry([1], Float32Array.of(1))],
      ]),
      { format: 'pt' },
    );
    const length = Number(new DataView(file.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = new TextDecoder().decode(file.subarray(8, 8 + length));
    expect(header.trimEnd()).toBe(
      '{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},' +
        '"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
    );
    expect([...new Float32Array(file.buffer, 8 + length, 2)]).toEqual([1, 2]);
  });

  test('reads a file that begins at an odd byte', () => {
    const file = writeSafetensors(new Map([['x', float32Entry([2], Float32Array.of(3, 4))]]));
    const shifted = new Uint8Array(file.length + 1);
    shifted.set(file, 1);
    expect([...readFloat32(readSafetensors(shifted.subarray(1)), 'x').data]).toEqual([3, 4]);
  });

  test('refuses to write bytes that do not fit the shape', () => {
    expect(() => writeSafetensors(new Map([['x', float32Entry([3], Float32Array.of(1))]]))).toThrow(
      'tensor “x”: F32 [3] needs 12 bytes, 4 given.',
    );
  });
});

describe('refusing damaged files', () => {
  const entry = (begin: number, end: number, shape = '[1]', dtype = 'F32') =>
    `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;

  test.each<[string, Uint8Array, string, string | null]>([
    ['too short', Uint8Array.of(1, 2), 'fewer than its own header length', null],
    ['header past the end', fileOf('{}').fill(0xff, 0, 8), 'header claims 18446744073709551615 bytes', null],
    ['not JSON', fileOf('{"a":'), 'header is not JSON', null],
    ['not UTF-8', fileOf('{"a"}').fill(0xff, 9, 12), 'header is not JSON', null],
    ['not an object', fileOf('[]'), 'not a JSON object', null],
    ['metadata of numbers', fileOf('{"__metadata__":{"a":1}}'), 'metadata is not a map of texts', null],
    ['unknown type', fileOf(`{"w":${entry(0, 4, '[1]', 'F8')}}`, [0, 0, 0, 0]), 'dtype', 'w'],
    ['negative size', fileOf(`{"w":${entry(0, 4, '[-1]')}}`, [0, 0, 0, 0]), 'shape.0', 'w'],
    ['past the data', fileOf(`{"w":${entry(0, 8, '[2]')}}`, [0, 0, 0, 0]), 'outside the 4 bytes', 'w'],
    ['backwards', fileOf(`{"w":${entry(4, 0)}}`, [0, 0, 0, 0]), 'outside the 4 bytes', 'w'],
    ['wrong size', fileOf(`{"w":${entry(0, 4, '[2]')}}`, [0, 0, 0, 0]), 'needs 8 bytes, the file has 4', 'w'],
    ['overlap', fileOf(`{"a":${entry(0, 4)},"w":${entry(2, 6)}}`, [0, 0, 0, 0, 0, 0]), 'overlap', 'w'],
    ['hole', fileOf(`{"w":${entry(2, 6)}}`, [0, 0, 0, 0, 0, 0]), 'belong to no tensor', 'w'],
    ['rest', fileOf(`{"w":${entry(0, 4)}}`, [0, 0, 0, 0, 9]), 'last 1 bytes belong to no tensor', null],
  ])('%s', (_, file, message, tensor) => {
    const error = refusal(file);
    expect(error.code).toBe('bad-safetensors');
    expect(error.message).toContain(message);
    expect(error.details?.tensor ?? null).toBe(tensor);
    expect(error.hint).toContain('again');
  });

  test('a file damaged anywhere is read or refused, never a crash', () => {
    const good = writeSafetensors(
      new Map([
        ['a', float32Entry([2, 3], new Float32Array(6))],
        ['b', halves([1, 2, 3])],
      ]),
      { made: 'here' },
    );
    const edits = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(edits, fc.nat(good.length), (changes, keep) => {
        const file = good.slice();
        for (const [at, byte] of changes) file[at] = byte;
        for (const candidate of [file, good.subarray(0, keep)]) {
          try {
            const read = readSafetensors(candidate);
            for (const { data } of read.values()) expect(data.byteLength).toBeLessThan(good.length);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(EngineError);
          }
        }
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  test('any JSON at all as a header is read or refused, never a crash', () => {
    const header = fc.oneof(
      fc.json(),
      fc
        .dictionary(
          fc.string(),
          fc.record({
            dtype: fc.constantFrom('F32', 'I8', 'X'),
            shape: fc.array(fc.integer({ min: -1, max: 2 ** 40 }), { maxLength: 3 }),
            data_offsets: fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 3 }),
          }),
        )
        .map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(header, (json) => {
        try {
          readSafetensors(fileOf(json, [0, 0, 0, 0]));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(EngineError);
        }
      }),
      { numRuns: 2000, seed: 1 },
    );
  });
});

describe('number formats', () => {
  test('half floats round to nearest, ties to even, as numpy does', () => {
    const values = [0, -0, 1, 1 / 3, 65504, 65519, 65520, -1e9, 6e-8, 2.9e-8, 2 ** -25, 2 ** -14, 2049, 2051];
    const bits = float32ToFloat16(Float32Array.from([...values, Number.NaN]));
    /** numpy.float32(values).astype('float16').view('uint16') */
    const expected = [
      0, 0x8000, 0x3c00, 0x3555, 0x7bff, 0x7bff, 0x7c00, 0xfc00, 1, 0, 0, 0x400, 0x6800, 0x6802, 0x7e00,
    ];
    expect([...bits]).toEqual(expected);
  });

  test('every finite half survives the way to float32 and back', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((half) => (half & 0x7c00) !== 0x7c00);
    const entry: TensorEntry = { dtype: 'F16', shape: [all.length], data: new Uint8Array(all.buffer) };
    expect([...float32ToFloat16(toFloat32(entry, 'x'))]).toEqual([...all]);
  });

  test('bfloat16 is the upper half of a float32', () => {
    const bits = Uint16Array.of(0x3f80, 0xc049, 0x0000);
    const entry: TensorEntry = { dtype: 'BF16', shape: [3], data: new Uint8Array(bits.buffer) };
    expect([...toFloat32(entry, 'x')]).toEqual([1, -3.140625, 0]);
  });

  test('int8 rows are multiplied by their own factor', () => {
    const tensors = new Map<string, TensorEntry>([
      ['w', { dtype: 'I8', shape: [2, 3], data: Uint8Array.of(1, 2, 255, 127, 129, 0) }],
      ['w.scale', float32Entry([2], Float32Array.of(0.5, 0.25))],
    ]);
    const { shape, data } = readFloat32(tensors, 'w');
    expect(shape).toEqual([2, 3]);
    expect([...data]).toEqual([0.5, 1, -0.5, 31.75, -31.75, 0]);
  });

  test('names what is missing or of the wrong kind', () => {
    const bare = new Map<string, TensorEntry>([
      ['w', { dtype: 'I8', shape: [2, 1], data: new Uint8Array(2) }],
      ['flat', { dtype: 'I8', shape: [2], data: new Uint8Array(2) }],
      ['ids', { dtype: 'I32', shape: [1], data: new Uint8Array(4) }],
    ]);
    expect(() => readFloat32(bare, 'w')).toThrow('tensor “w.scale”: it must be F32 [2]');
    expect(() => readFloat32(bare, 'flat')).toThrow('int8 weights must be [rows, columns], it is [2]');
    expect(() => readFloat32(bare, 'ids')).toThrow('I32 holds no fractions');
    expect(() => readFloat32(bare, 'nothing')).toThrow('tensor “nothing”: it is missing.');
  });
});
